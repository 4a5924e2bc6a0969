// The tablet rings what is new once a shift was started there, keeps the screen on, and sends what staff press.
// When it rang is told on the page: data-rings and data-rang-at (ms since 1970) of the list; data-rang, how often, and
// data-rang-at, when first, of each alert.
const AGAIN_MS = 20_000;
const list = document.getElementById("alerts");
const start = document.getElementById("start"), end = document.getElementById("end");
const told = document.getElementById("told"), unsent = document.getElementById("unsent");
const awake = document.getElementById("awake"), quiet = document.getElementById("quiet");
const KEPT = "mien-shift";

let sound = null, on = false, sending = false;
const rung = new Map();
const seenTo = new Set();
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

const open = () => [...list.children].filter((card) => "open" in card.dataset && !seenTo.has(card.dataset.alert));

function look() {
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

function shift(begun) {
  on = begun;
  start.hidden = begun;
  quiet.hidden = begun;
  end.hidden = !begun;
  sessionStorage.setItem(KEPT, begun ? "on" : "");
  document.getElementById("shift").toggleAttribute("data-on", begun);
}

function prepare() {
  if (sound) return;
  sound = new AudioContext();
  // A system may take the sound away, for a call for example: then the button is there again.
  sound.onstatechange = () => {
    const kept = sessionStorage.getItem(KEPT) === "on";
    if (sound.state === "running" && kept) { shift(true); look(); }
    else if (sound.state !== "running" && on) { shift(false); sessionStorage.setItem(KEPT, "on"); }
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
end.addEventListener("click", () => { shift(false); start.focus(); });

// A page that was loaded again goes on with its shift where the browser lets it.
if (sessionStorage.getItem(KEPT) === "on") {
  prepare();
  if (sound.state === "running") shift(true);
}

document.addEventListener("submit", async (event) => {
  if (event.target.id !== "act") return;
  event.preventDefault();
  if (sending) return;
  sending = true;
  const button = event.submitter, card = button.closest("[data-alert]");
  const sent = new URLSearchParams(new FormData(event.target, button));
  try {
    const answer = await fetch(button.formAction, { method: "POST", body: sent, headers: { Accept: "application/json" }, redirect: "manual" });
    if (answer.status === 401) { location.reload(); return; }
    if (answer.type !== "opaqueredirect" && !answer.ok && answer.status !== 404) throw new Error(String(answer.status));
    seenTo.add(card.dataset.alert);
    unsent.hidden = true;
    document.dispatchEvent(new Event("mien:ask"));
  } catch { unsent.hidden = false; }
  sending = false;
});

async function stayAwake() {
  if (!("wakeLock" in navigator) || document.hidden) return;
  try {
    const lock = await navigator.wakeLock.request("screen");
    awake.hidden = false;
    lock.addEventListener("release", () => { awake.hidden = true; });
  } catch { awake.hidden = true; }
}

document.addEventListener("mien:shown", look);
document.addEventListener("visibilitychange", stayAwake);
setInterval(look, 1000);
stayAwake();
look();
