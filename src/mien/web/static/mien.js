// What every page does beyond plain links and forms. Without it all pages still work.

// Explanations of figures open by hover and focus (CSS), and by tap: a second tap, Escape or a tap elsewhere closes.
document.addEventListener("click", (event) => {
  const figure = event.target.closest("[data-tip]");
  for (const open of document.querySelectorAll("[data-tip].open")) {
    if (open !== figure) open.classList.remove("open");
  }
  figure?.classList.toggle("open");
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// It stands above its figure, below where there is no room, and never beyond the edge of the window.
const GAP = 8;

const cells = new WeakMap();

function place(figure, target) {
  const tip = figure?.querySelector(".tip");
  if (!tip) return;
  // A cell of a drawing says in its title what it is; by hover browsers show that, by tap it is the tip's.
  if (target?.querySelector(":scope > title")) {
    cells.set(figure, target);
    tip.textContent = target.textContent;
  }
  const at = (cells.get(figure) ?? figure).getBoundingClientRect();
  const size = tip.getBoundingClientRect();
  const right = document.body.getBoundingClientRect().right - size.width - GAP;
  const above = at.top - size.height - GAP;
  tip.style.left = `${Math.max(GAP, Math.min(at.left + (at.width - size.width) / 2, right))}px`;
  tip.style.top = `${above >= GAP ? above : at.bottom + GAP}px`;
}

for (const kind of ["mouseover", "focusin", "click"]) {
  document.addEventListener(kind, (event) => place(event.target.closest("[data-tip]"), event.target));
}
const again = () => document.querySelectorAll("[data-tip]:is(:hover, :focus-visible, .open)").forEach((one) => place(one));
document.addEventListener("scroll", again, { capture: true, passive: true });
window.addEventListener("resize", again);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("[data-tip].open")) open.classList.remove("open");
  document.activeElement?.closest("[data-tip]")?.blur();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Forms that filter ask anew as soon as a choice changes; their button is for browsers without scripts.
document.documentElement.classList.add("scripted");

// A request that failed is said where it was made, and can be made again.
document.addEventListener("htmx:afterRequest", (event) => {
  const note = document.getElementById("trouble");
  if (!note) return;
  note.hidden = event.detail.successful;
});

// On a telephone the tabs go on beyond the edge: the one of this page is in sight.
const here = document.querySelector(".tabs [aria-current]");
if (here) here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 16;
