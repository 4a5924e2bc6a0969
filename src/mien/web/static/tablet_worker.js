// Shows the last state of a tablet where the server gives no answer: nothing else is ever taken from what is kept, but
// styles and scripts, whose addresses change with them. What is kept is written by tablet_kept.js.
const KEPT = "mien-tablet-", WAIT_MS = 10_000, LONGEST_MS = 12 * 3_600_000;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (url.searchParams.has("v") && /^\/(static\/|colours\.css$)/.test(url.pathname)) event.respondWith(file(request));
});

async function page(event) {
  const waited = new AbortController(), end = setTimeout(() => waited.abort(), WAIT_MS);
  try {
    const answer = await fetch(event.request, { signal: waited.signal });
    // Sent to the sign-in page, or refused: the session has ended, or may not see this any more.
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) event.waitUntil(forget());
    return answer;
  } catch {
    const kept = await caches.match(event.request, { ignoreVary: true });
    return kept && Date.now() - Number(kept.headers.get("Mien-Kept")) < LONGEST_MS ? kept : Response.error();
  } finally { clearTimeout(end); }
}

const file = async (request) => await caches.match(request, { ignoreVary: true }) ?? fetch(request);

async function forget() {
  for (const name of await caches.keys()) if (name.startsWith(KEPT)) await caches.delete(name);
}
