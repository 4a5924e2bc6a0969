// Writes what is told into the page. Texts come with the page, in its language.

import { Curve } from "./curve.js";

const GLYPHS = { green: "glyph-green", amber: "glyph-amber", red: "glyph-red" };
const part = (id) => document.getElementById(id);

export class View {
  constructor({ wording, moods, locale }) {
    this.wording = wording;
    this.moods = moods;
    this.numbers = (value, digits = 0, sign = "auto") =>
      new Intl.NumberFormat(locale, {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
        signDisplay: sign,
      })
        .format(value)
        .replace("-", "−");
  }

  text(name, values = {}) {
    return this.wording.said[name].replace(/%\((\w+)\)s|%%/g, (_, key) => (key ? values[key] : "%"));
  }

  copied(button) {
    const was = button.textContent;
    button.textContent = this.text("copied");
    setTimeout(() => (button.textContent = was), 2000);
  }

  first(name) {
    part("first").textContent = this.text(name);
    part("first").hidden = false;
  }

  live(keeps) {
    part("call").dataset.step = "live";
    part("stage").hidden = part("now").hidden = false;
    part("keep").hidden = !keeps;
    this.curve = new Curve(part("curve"), { seconds: 120, labels: [this.text("time"), this.text("valence")] });
    this.blank("waits");
  }

  say(text, kind = "") {
    const said = this.wording.said[text] ?? this.wording.stopped[text] ?? text;
    part("says").className = `notice ${kind}`;
    part("says").querySelector("span").textContent = said;
    part("says").hidden = !said;
  }

  reading() {
    part("call").classList.add("reads");
    part("stage").classList.remove("stopped");
    part("read").hidden = part("other").hidden = true;
    part("pause").hidden = false;
    this.say("waits");
    this.blank("waits");
  }

  stopped(why) {
    part("call").classList.remove("reads");
    part("stage").classList.toggle("stopped", why !== "paused");
    part("read").hidden = part("other").hidden = false;
    part("read").textContent = this.text("same");
    part("pause").hidden = true;
    this.say(why, "warn");
    this.blank();
  }

  blank(name = null) {
    part("scale").classList.add("cannot");
    part("valence").textContent = "";
    part("hint").textContent = "";
    this.mood(null, null, name ? this.text(name) : "—");
  }

  mood(colour, key, why) {
    const line = part("mood");
    line.className = colour ? `state ${colour}` : "state cannot";
    line.querySelector(".sign").replaceChildren(...(colour ? [glyph(GLYPHS[colour])] : []));
    line.querySelector(".word").textContent = colour
      ? (this.moods[key] ?? this.text(colour))
      : why;
  }

  state(told) {
    if (told.at_s !== null) part("says").hidden = true;
    part("counts").textContent = `${this.numbers(told.readings)} ${this.text("readings")} · ${this.numbers(told.left_out)} ${this.text("left_out")}`;
    if (told.at_s === null) return;
    const why = (key) => `${this.text("cannot")}: ${this.wording.why[key] ?? key}`;
    this.mood(told.colour, told.mood, why(told.untold_mood ?? told.untold));
    const scale = part("scale");
    scale.classList.toggle("cannot", told.valence === null);
    if (told.valence === null) {
      part("valence").textContent = why(told.untold);
      scale.ariaLabel = why(told.untold);
    } else {
      const at = (value) => 50 + 50 * value;
      scale.querySelector(".band").style.left = `${at(told.low)}%`;
      scale.querySelector(".band").style.width = `${at(told.high) - at(told.low)}%`;
      scale.querySelector(".mean").style.left = `${at(told.valence)}%`;
      const [mean, low, high] = [told.valence, told.low, told.high].map((v) => this.numbers(v, 2, "exceptZero"));
      part("valence").textContent = `${mean} (${low} … ${high})`;
      part("valence").title = scale.ariaLabel = `${mean} (${this.text("interval", { low, high })})`;
    }
    part("hint").textContent = told.hint ? this.wording.hint[told.hint] : "";
    this.curve.add(told.at_s, told.valence, told.low, told.high);
  }

  problem(detail, shown) {
    if (shown) this.say(detail, "warn");
    else {
      part("first").textContent = detail;
      part("first").hidden = false;
    }
  }

  lost(why) {
    part("stage").hidden = part("now").hidden = true;
    part("summary").hidden = false;
    part("people").textContent = this.text(why);
  }

  summary(told, place) {
    part("call").dataset.step = "over";
    part("stage").hidden = part("now").hidden = true;
    part("summary").hidden = false;
    part("people").replaceChildren();
    told.people.forEach((person, n) => this.person(person, told.people.length > 1 ? n + 1 : 0));
    if (!told.people.length) part("people").textContent = this.text("none");
    const said = [told.kept ? this.text("kept", { place }) : this.text("not_kept")];
    if (told.left_out.length) {
      const each = told.left_out.map((one) => `${this.wording.why[one.reason] ?? one.reason} (${this.numbers(one.n)})`);
      said.push(`${this.text("left_out")}: ${each.join(", ")}.`);
    }
    if (told.stops.length) {
      said.push(`${this.text("stops")}: ${told.stops.map((stop) => clock(stop.t_s)).join(", ")}.`);
    }
    part("remarks").textContent = said.join(" ");
    part("summary-title").focus({ preventScroll: true });
  }

  person(one, n) {
    const copy = part("person").content.cloneNode(true);
    const box = copy.querySelector(".person");
    const title = copy.querySelector("h3");
    title.textContent = n ? this.text("person", { n }) : "";
    title.hidden = !n;
    this.figure(copy.querySelector("[data-eps]"), one.eps, one.eps_low, one.eps_high, one, "exceptZero");
    this.figure(copy.querySelector("[data-index]"), one.index, one.index_low, one.index_high, one);
    const outcome = document.createElement("span");
    const tone = { improved: "good", worsened: "bad" }[one.outcome] ?? "none";
    outcome.className = `state ${tone}`;
    outcome.append(glyph(`glyph-${one.outcome}`), this.text(one.outcome));
    copy.querySelector("[data-outcome]").append(outcome);
    copy.querySelector(".moments").textContent = one.moments
      .map((m) => `${clock(m.t_s)} ${this.text(m.kind)} ${this.numbers(100 * m.change, 0, "exceptZero")}`)
      .join(" · ");
    part("people").append(copy);
    if (one.curve) {
      const curve = new Curve(box.querySelector(".curve"), { labels: [this.text("time"), this.text("valence")] });
      curve.show(one.curve);
    } else box.querySelector(".curve").remove();
  }

  figure(where, value, low, high, one, sign = "auto") {
    if (value === null) {
      const none = document.createElement("span");
      none.className = "figure cannot large";
      none.textContent = this.text("cannot");
      const why = document.createElement("small");
      why.textContent = one.reason ?? "";
      none.append(why);
      where.append(none);
      return;
    }
    const said = (v) => this.numbers(v, 0, sign);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "figure large";
    button.dataset.tip = "";
    const shown = document.createElement("span");
    shown.className = "value";
    shown.textContent = said(value);
    const tip = document.createElement("span");
    tip.className = "tip";
    tip.role = "tooltip";
    tip.append(
      this.text("interval", { low: said(low), high: said(high) }),
      document.createElement("br"),
      this.text("from", { count: this.numbers(one.n) }),
    );
    button.append(shown, tip);
    const range = document.createElement("small");
    range.className = "soft";
    range.textContent = ` ${said(low)} … ${said(high)}`;
    where.append(button, range);
  }
}

export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function glyph(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawn = document.createElementNS(space, "svg");
  drawn.setAttribute("class", "glyph");
  drawn.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `#${name}`);
  drawn.append(use);
  return drawn;
}
