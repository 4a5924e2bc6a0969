// Sends what staff press, each alert by itself. A press counts at once on this tablet (data-taken); it is kept in the
// browser until the server has it, over a reload as well, and only for who pressed it. The server takes the same press
// twice as one, so it is sent again where no answer came.
const KEPT = "mien-press-", WAIT_MS = 5000, SOON_MS = 1500, AGAIN_MS = 2000;
const list = document.getElementById("alerts");
const presses = new Map(), sending = new Set(), tried = new Map(), late = new Set(), sent = new Set(), refused = new Map();
let who = list.dataset.who;

// A browser may forbid to keep anything: then it is kept as long as the page is open.
function store(uid, press) {
  if (press) presses.set(uid, press); else presses.delete(uid);
  try {
    if (press) localStorage.setItem(KEPT + uid, JSON.stringify(press)); else localStorage.removeItem(KEPT + uid);
  } catch { return; }
}

function restore() {
  try {
    for (const [key, press] of Object.entries(localStorage)) {
      const uid = key.slice(KEPT.length), known = key.startsWith(KEPT) ? JSON.parse(press) : null;
      if (known?.who === who) { presses.set(uid, known); late.add(uid); } else if (known) localStorage.removeItem(key);
    }
  } catch { presses.clear(); }
}

function show() {
  for (const card of list.children) {
    const uid = card.dataset.alert, press = presses.get(uid);
    if (!("open" in card.dataset)) sent.delete(uid);
    card.toggleAttribute("data-taken", presses.has(uid) || sent.has(uid));
    for (const one of card.querySelectorAll("button")) one.ariaPressed = press ? String(one.value === press.answer) : null;
    note(card, "unsent", Boolean(press) && late.has(uid));
    note(card, "refused", refused.has(uid), refused.get(uid));
  }
}

function note(card, name, wanted, said = "") {
  const there = card.querySelector(`.${name}`);
  if (!wanted) { there?.remove(); return; }
  if (there) return;
  const one = document.getElementById(name).content.firstElementChild.cloneNode(true);
  if (said) one.querySelector(".said").textContent = said;
  card.append(one);
}

async function send(uid) {
  const press = presses.get(uid);
  if (!press || sending.has(uid)) return;
  // A page from what was kept has no token yet: the server is asked for it first.
  if ("kept" in document.documentElement.dataset) { late.add(uid); show(); return; }
  sending.add(uid);
  tried.set(uid, Date.now());
  const soon = setTimeout(() => { late.add(uid); show(); }, SOON_MS);
  const answer = await post(press);
  clearTimeout(soon);
  sending.delete(uid);
  if (answer?.status === 401) { document.dispatchEvent(new Event("mien:ended")); location.reload(); return; }
  const taken = answer && (answer.type === "opaqueredirect" || answer.ok || answer.status === 404);
  const again = !answer || answer.status >= 500 || (answer.status === 403 && !press.refused);
  // Something else was pressed meanwhile: that is what counts.
  if (presses.get(uid) !== press) { send(uid); return; }
  if (taken) { store(uid); late.delete(uid); sent.add(uid); document.dispatchEvent(new Event("mien:ask")); }
  // The first no may be due to a token of a session before.
  else if (again) { if (answer?.status === 403) store(uid, { ...press, refused: true }); late.add(uid); }
  else { store(uid); late.delete(uid); refused.set(uid, (await answer.json().catch(() => ({}))).detail ?? String(answer.status)); }
  show();
}

async function post({ url, answer }) {
  const body = new URLSearchParams(new FormData(document.getElementById("act")));
  if (answer) body.set("answer", answer);
  try {
    return await fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual", signal: AbortSignal.timeout(WAIT_MS) });
  } catch { return null; }
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "act") return;
  event.preventDefault();
  const button = event.submitter, uid = button.closest("[data-alert]").dataset.alert;
  refused.delete(uid);
  store(uid, { url: new URL(button.formAction).pathname, answer: button.value, who });
  show();
  send(uid);
});

// The server has answered: what waits is sent now, by who pressed it.
document.addEventListener("mien:shown", ({ detail: { next } }) => {
  document.getElementById("act").replaceWith(next.getElementById("act"));
  who = next.getElementById("alerts").dataset.who;
  for (const [uid, press] of presses) {
    if (press.who !== who) store(uid);
    else if (Date.now() - (tried.get(uid) ?? 0) >= AGAIN_MS) send(uid);
  }
  show();
});

restore();
show();
