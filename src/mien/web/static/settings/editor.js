// The text of a site file: line numbers beside it, keys, and the way from a problem to its line.
const text = document.getElementById("text");
const desk = document.getElementById("desk");
const numbers = desk?.querySelector(".numbers");
let dirty = desk?.hasAttribute("data-dirty") ?? false;
let counted = 0;

function count() {
  const lines = text.value.split("\n").length;
  if (lines !== counted) {
    counted = lines;
    numbers.textContent = Array.from({ length: lines }, (_, at) => at + 1).join("\n") + "\n\n";
  }
  numbers.scrollTop = text.scrollTop;
}

function goTo(line) {
  const lines = text.value.split("\n");
  const begin = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  text.focus({ preventScroll: true });
  text.setSelectionRange(begin, begin + (lines[line - 1] ?? "").length);
  const high = parseFloat(getComputedStyle(text).lineHeight);
  text.scrollTop = Math.max(0, (line - 5) * high);
  text.scrollLeft = 0;
  text.scrollIntoView({ block: "nearest" });
  count();
}

// Takes the # of the chosen lines away, or puts one there where a line has none. Undo works: the browser types it.
function remark() {
  const from = text.value.lastIndexOf("\n", text.selectionStart - 1) + 1;
  const end = text.value.indexOf("\n", Math.max(text.selectionEnd - 1, from));
  const to = end < 0 ? text.value.length : end;
  const lines = text.value.slice(from, to).split("\n");
  const bare = lines.some((line) => line.trim() && !line.startsWith("#"));
  const changed = lines.map((line) => (!line.trim() ? line : bare ? `# ${line}` : line.replace(/^# ?/, ""))).join("\n");
  text.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, changed)) text.setRangeText(changed, from, to, "end");
  text.setSelectionRange(from, from + changed.length);
}

if (text && numbers) {
  desk.classList.add("numbered");
  text.addEventListener("input", () => {
    dirty = true;
    count();
  });
  text.addEventListener("scroll", count);
  text.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const press = (name) => desk.querySelector(name)?.click();
    const keys = {
      s: () => press("button.main"),
      Enter: () => press("button[hx-post]"),
      "/": () => text.readOnly || remark(),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  desk.addEventListener("submit", (event) => {
    if (!event.submitter?.hasAttribute("hx-post")) dirty = false;
  });
  count();
}

document.addEventListener("click", (event) => {
  const line = event.target.closest?.("[data-line]");
  if (!line || !text) return;
  event.preventDefault();
  goTo(Number(line.dataset.line));
});

window.addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});
