// Keeps the parts of a page that show the moment as they are: the server says that something changed, the page is asked
// for again, and every element with data-live is exchanged where it differs. What is open or in focus is left alone.
const parts = () => document.querySelectorAll("[data-live][id]");
const state = document.getElementById("line");
let asking = false, again = false;

async function refresh() {
  if (asking) { again = true; return; }
  asking = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html", "Mien-Follows": "1" }, redirect: "manual" });
    if (answer.type === "opaqueredirect" || answer.status === 401) { location.reload(); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of parts()) {
      const other = next.getElementById(part.id);
      if (!other || other.outerHTML === part.dataset.was || part.querySelector(".open,:focus-visible")) continue;
      const held = other.outerHTML;
      part.replaceWith(other);
      other.dataset.was = held;
    }
    line(true);
  } catch { line(false); }
  asking = false;
  if (again) { again = false; setTimeout(refresh, 250); }
}

function line(there) {
  if (!state) return;
  state.classList.toggle("away", !there);
  state.querySelector(".there").hidden = !there;
  state.querySelector(".gone").hidden = there;
}

const news = new EventSource("/live");
news.addEventListener("hello", refresh);
news.addEventListener("now", refresh);
news.addEventListener("stored", refresh);
news.onerror = () => line(false);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
// What was said last stands as "now" only as long as somebody says so.
setInterval(refresh, 5000);
