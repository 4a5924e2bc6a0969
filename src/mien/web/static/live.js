// Keeps the parts of a page that show the moment as they are: the server says that something changed, the page is asked
// for again, and what differs is exchanged: elements with data-live as a whole, of those with data-live-items each item
// by its id. What is open or in focus is left alone, but for items, where something may have become urgent.
// A page hears "mien:shown" after each exchange (detail: the answer, its text, and the page in it less what was taken
// from it) and "mien:ended" where the session has ended, and says "mien:ask" where it wants an exchange. A page that was
// loaded from what is kept says in data-kept (ms since 1970) since when it is old.
const state = document.getElementById("line");
const SHORT_MS = 250, RETRY_MS = 2000, WAIT_MS = 8000;
const was = new Map();
let asking = false, again = 0, lostAt = null;

async function refresh(urgent = false) {
  if (asking) { again = Math.max(again, urgent ? 2 : 1); return; }
  asking = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html", "Mien-Follows": "1" }, redirect: "manual", signal: AbortSignal.timeout(WAIT_MS) });
    // Signed out, or the right was taken: the server says which.
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
      document.dispatchEvent(new Event("mien:ended"));
      location.reload();
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const text = await answer.text(), next = new DOMParser().parseFromString(text, "text/html");
    line(true);
    for (const part of document.querySelectorAll("[data-live][id]")) {
      const other = next.getElementById(part.id);
      if (other && !part.querySelector(".open,:focus-visible")) exchange(part, other);
    }
    for (const list of document.querySelectorAll("[data-live-items][id]")) {
      const other = next.getElementById(list.id);
      if (other) items(list, other);
    }
    document.dispatchEvent(new CustomEvent("mien:shown", { detail: { answer, text, next } }));
  } catch { line(false); }
  asking = false;
  if (again) { const soon = again > 1; again = 0; setTimeout(refresh, soon ? 0 : SHORT_MS, soon); }
}

function exchange(part, other) {
  const said = other.outerHTML;
  if (was.get(part.id) === said) return part;
  was.set(part.id, said);
  const held = part.contains(document.activeElement);
  part.replaceWith(other);
  if (held) (other.querySelector("button,a[href]") ?? document.getElementById("content"))?.focus();
  return other;
}

function items(list, other) {
  const wanted = [...other.children].filter((one) => one.id);
  const ids = new Set(wanted.map((one) => one.id));
  for (const gone of [...list.children].filter((one) => !ids.has(one.id))) { was.delete(gone.id); gone.remove(); }
  let place = list.firstElementChild;
  for (const one of wanted) {
    const there = document.getElementById(one.id);
    if (!there) { was.set(one.id, one.outerHTML); list.insertBefore(one, place); continue; }
    if (there !== place) list.insertBefore(there, place);
    place = exchange(there, one).nextElementSibling;
  }
}

function line(there) {
  if (there) lostAt = null; else lostAt ??= new Date();
  if (!state) return;
  state.classList.toggle("away", !there);
  state.querySelector(".there").hidden = !there;
  const gone = state.querySelector(".gone");
  gone.hidden = there;
  const since = gone.querySelector("time");
  if (!since || !lostAt) return;
  const day = lostAt.toDateString() === new Date().toDateString() ? {} : { day: "numeric", month: "long" };
  since.textContent = lostAt.toLocaleString(document.documentElement.lang, { ...day, hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
}

function listen(after) {
  setTimeout(() => {
    const news = new EventSource("/live");
    let met = false;
    news.addEventListener("hello", () => { met = true; refresh(); });
    news.addEventListener("now", () => refresh());
    news.addEventListener("stored", () => refresh(true));
    // The server ends a channel now and then: another is opened at once; where none can be, every two seconds.
    news.onerror = () => { news.close(); refresh(); listen(met ? 0 : RETRY_MS); };
  }, after);
}

const kept = document.documentElement.dataset.kept;
if (kept) { lostAt = new Date(Number(kept)); line(false); }
listen(0);
document.addEventListener("mien:ask", () => refresh(true));
for (const change of ["online", "offline"]) addEventListener(change, () => refresh());
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
// What was said last stands as "now" only as long as somebody says so.
setInterval(refresh, 5000);
