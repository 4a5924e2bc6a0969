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
