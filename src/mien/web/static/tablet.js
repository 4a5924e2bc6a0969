// Keeps the screen of the tablet on while the page is seen.
const told = document.getElementById("awake");

async function stayAwake() {
  if (!("wakeLock" in navigator) || document.hidden) return;
  try {
    const lock = await navigator.wakeLock.request("screen");
    told.hidden = false;
    lock.addEventListener("release", () => { told.hidden = true; });
  } catch { told.hidden = true; }
}

document.addEventListener("visibilitychange", stayAwake);
stayAwake();
