// The tablet rings what is new once a shift was started there, and keeps the screen on. It rings neither what somebody
// took on this tablet (data-taken, tablet_press.js) nor what is over by the clock of the server (data-over), whether or
// not there is a connection.
// When it rang is told on the page: data-rings and data-rang-at (ms since 1970) of the list; data-rang, how often, and
// data-rang-at, when first, of each alert.
const AGAIN_MS = 20_000;
const list = document.getElementById("alerts");
const start = document.getElementById("start"), end = document.getElementById("end");
const told = document.getElementById("told"), awake = document.getElementById("awake");
const quiet = document.getElementById("quiet"), silent = document.getElementById("silent");
const KEPT = "mien-shift";

let sound = null, on = false, newer = false;
// How far the clock of the server is ahead of that of this tablet, in ms.
let ahead = Number(list.dataset.now) - Number(document.documentElement.dataset.kept ?? Date.now());
const rung = new Map();
const known = new Set([...list.children].map((card) => card.dataset.alert));

function tone(hz, at, level, type) {
  const source = new OscillatorNode(sound, { type, frequency: hz });
  const gain = new GainNode(sound, { gain: 0 });
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(level, at + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.001, at + 0.24);
  source.connect(gain).connect(sound.destination);
  source.start(at);
  source.stop(at + 0.25);
}

function ring(loud) {
  const now = sound.currentTime;
  if (loud) for (const [step, hz] of [880, 1175, 880, 1175, 880, 1175].entries()) tone(hz, now + step * 0.2, 0.4, "triangle");
  else for (const [step, hz] of [587, 784].entries()) tone(hz, now + step * 0.22, 0.12, "sine");
  navigator.vibrate?.(loud ? [250, 100, 250, 100, 250] : 80);
}

const open = () => [...list.children].filter(({ dataset }) => "open" in dataset && !("taken" in dataset) && !("over" in dataset));

function look() {
  for (const card of list.children) {
    const over = "open" in card.dataset && Date.now() + ahead >= Number(card.dataset.expires);
    card.toggleAttribute("data-over", over);
    card.querySelector(".over").hidden = !over;
  }
  say();
  if (on && sound.state === "running") {
    const now = Date.now();
    const due = open().filter((card) => {
      const before = rung.get(card.dataset.alert);
      return card.dataset.ring && (!before || (card.dataset.ring === "loud" && now - before.last >= AGAIN_MS));
    });
    if (due.length) {
      ring(due.some((card) => card.dataset.ring === "loud"));
      for (const card of due) {
        const one = rung.get(card.dataset.alert) ?? { first: now, times: 0 };
        rung.set(card.dataset.alert, { ...one, last: now, times: one.times + 1 });
      }
      list.dataset.rings = Number(list.dataset.rings) + 1;
      list.dataset.rangAt = now;
    }
  }
  for (const card of list.children) {
    const one = rung.get(card.dataset.alert);
    if (one) { card.dataset.rang = one.times; card.dataset.rangAt = one.first; }
  }
}

// Who hears the page instead of seeing it is told each alert once.
function say() {
  const fresh = [...list.children].filter((card) => !known.has(card.dataset.alert));
  if (!fresh.length) return;
  for (const card of fresh) known.add(card.dataset.alert);
  told.textContent = fresh.map((card) => [...card.querySelectorAll(".big,.why,.advice")].map((one) => one.innerText.trim()).join(". ")).join(" ");
}

const begunBefore = () => sessionStorage.getItem(KEPT) === "on";

function shift(begun, kept = begun) {
  on = begun;
  start.hidden = begun;
  quiet.hidden = begun || kept;
  silent.hidden = begun || !kept;
  end.hidden = !begun;
  sessionStorage.setItem(KEPT, kept ? "on" : "");
  document.getElementById("shift").toggleAttribute("data-on", begun);
}

function prepare() {
  if (sound) return;
  sound = new AudioContext();
  // A system may take the sound away, for a call for example: then the page says so until it is touched.
  sound.onstatechange = () => {
    if (sound.state === "running" && begunBefore()) { shift(true); look(); }
    else if (sound.state !== "running" && on) shift(false, true);
  };
}

start.addEventListener("click", async () => {
  prepare();
  await sound.resume();
  shift(true);
  end.focus();
  stayAwake();
  // Heard at once, so that one knows how loud this tablet is.
  ring(false);
  look();
});
end.addEventListener("click", () => { shift(false); start.focus(); renew(); });

// A page that was loaded again goes on with its shift where the browser lets it, else as soon as it is touched.
if (begunBefore()) {
  prepare();
  shift(sound.state === "running", true);
}
for (const touch of ["pointerup", "keydown"]) document.addEventListener(touch, () => { if (sound && !on && begunBefore()) sound.resume(); });

// Another version of Mien is served now: the page is loaded anew, where that costs no shift its sound.
function renew() { if (newer && !on && !begunBefore()) location.reload(); }
const versionOf = (page) => page.querySelector("link[href*='/tablet.css']").getAttribute("href");

async function stayAwake() {
  if (!("wakeLock" in navigator) || document.hidden) return;
  try {
    const lock = await navigator.wakeLock.request("screen");
    awake.hidden = false;
    lock.addEventListener("release", () => { awake.hidden = true; });
  } catch { awake.hidden = true; }
}

document.addEventListener("mien:shown", ({ detail: { next } }) => {
  ahead = Number(next.getElementById("alerts").dataset.now) - Date.now();
  newer = versionOf(next) !== versionOf(document);
  renew();
  look();
});
document.addEventListener("visibilitychange", stayAwake);
setInterval(look, 1000);
stayAwake();
look();
