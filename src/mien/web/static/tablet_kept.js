// Keeps the last state of this tablet in the browser, so that it is there when the page is loaded again without a
// connection: the alerts, and the styles and scripts of the page. Not kept are names, tokens, which guest an alert is
// about and what faces show now (data-unkept). It ends with the session. Browsers offer it by https only, and on the
// machine itself; elsewhere nothing is kept.
const KEPT = "mien-tablet-", AGAIN_MS = 10_000;
const NOT_OF_THE_PAGE = ["content-encoding", "content-length", "cache-control", "vary", "date"];
const list = document.getElementById("alerts");
let keptAt = 0, keptAs = "", keeping = false, ended = false;

const versionOf = (page) => new URL(page.querySelector("link[href*='/tablet.css']").getAttribute("href"), location).searchParams.get("v");
const mark = () => [...list.children].map((card) => `${card.id} ${"open" in card.dataset}`).join();

async function keep(text, answer) {
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const one of page.querySelectorAll("[data-unkept]")) one.remove();
  for (const one of page.querySelectorAll("[data-kept-only]")) one.hidden = false;
  page.body.removeAttribute("hx-headers");
  page.documentElement.dataset.kept = keptAt;
  const headers = new Headers(answer.headers);
  for (const name of NOT_OF_THE_PAGE) headers.delete(name);
  headers.set("Mien-Kept", keptAt);
  const name = KEPT + versionOf(page), cache = await caches.open(name);
  const files = [...page.querySelectorAll("link[rel=stylesheet],script[src]")].map((one) => one.getAttribute("href") ?? one.getAttribute("src"));
  for (const file of files) if (!await cache.match(file, { ignoreVary: true })) await cache.add(file);
  await cache.put(location.href, new Response(`<!doctype html>${page.documentElement.outerHTML}`, { headers }));
  if (!keptAs) for (const other of await cache.keys()) if (new URL(other.url).pathname === location.pathname && other.url !== location.href) await cache.delete(other);
  await forget((other) => other !== name);
}

async function forget(which = () => true) {
  for (const name of await caches.keys()) if (name.startsWith(KEPT) && which(name)) await caches.delete(name);
}

document.addEventListener("mien:shown", async ({ detail: { text, answer } }) => {
  if (!navigator.serviceWorker || keeping || ended || (mark() === keptAs && Date.now() - keptAt < AGAIN_MS)) return;
  keeping = true;
  keptAt = Date.now();
  // Where the browser has no room for it, the page goes on without.
  try { await keep(text, answer); keptAs = mark(); } catch { keptAs = ""; }
  keeping = false;
  if (ended) await forget();
});

document.addEventListener("mien:ended", () => {
  ended = true;
  if (navigator.serviceWorker) forget();
});

// A page that was kept has no navigation until the server answers.
document.addEventListener("mien:shown", ({ detail: { next } }) => {
  if (!("kept" in document.documentElement.dataset)) return;
  delete document.documentElement.dataset.kept;
  document.querySelector("header.mast").replaceWith(next.querySelector("header.mast"));
});

navigator.serviceWorker?.register("/static/tablet_worker.js", { scope: "/tablet" }).catch(() => {});
