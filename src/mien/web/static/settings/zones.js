// Zones and door lines are drawn here: by mouse, finger or keys. What is drawn goes with the form, as coordinates 0 to 1.
import { arrow, innerOf, middle, patterns, svg } from "./shapes.js";
import { entry } from "./list.js";

const form = document.getElementById("draw");
const stage = document.getElementById("stage");
const say = document.getElementById("say");
const field = form.elements.drawn;
const words = JSON.parse(form.dataset.words);
const kinds = Object.fromEntries([...form.querySelectorAll("[data-kind]")].map((one) => [one.dataset.kind, one.textContent]));
const button = (name) => form.querySelector(`[data-do="${name}"]`);
const others = [button("zone"), button("line"), ...form.querySelectorAll(".save")]; // not while something is drawn
const shapes = JSON.parse(field.value);
let dirty = form.hasAttribute("data-dirty");
let drawing = null; // {kind, points, at}: what is being drawn, and where the crosshair is
let size = [1600, 900];

const round = (value) => Math.min(1, Math.max(0, Math.round(value * 1000) / 1000));
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const pointsOf = (shape) => (shape.kind === "line" ? shape.ends : shape.corners);
const px = (point) => [point[0] * size[0], point[1] * size[1]];
const path = (points) => points.map((point) => px(point).map((value) => value.toFixed(1)).join(",")).join(" ");

function changed() {
  dirty = true;
  field.value = JSON.stringify(shapes);
}

// Sizes of handles and words stay those of the screen, however large the picture is shown.
function unit() {
  return size[0] / (stage.clientWidth || size[0]);
}

function handle(point, name, kind, move, extra = {}) {
  const [x, y] = px(point);
  const made = svg(
    "g",
    { class: `handle ${kind}`, tabindex: 0, role: "button", "aria-label": name, transform: `translate(${x} ${y})` },
    svg("circle", { class: "reach", r: 18 * unit() }),
    svg("circle", { class: "dot", r: (kind === "more" ? 5 : 8) * unit() }),
  );
  made.addEventListener("keydown", (event) => keyed(event, point, move, extra));
  if (kind !== "more") {
    made.addEventListener("pointerdown", (event) => dragged(event, made, point, move, extra));
    // A finger on a corner moves it, and one beside it the page: browsers heed no touch-action within a picture.
    made.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  }
  return made;
}

function keyed(event, point, move, { remove, key }) {
  const step = event.shiftKey ? 0.05 : 0.01;
  const ways = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  if (ways[event.key]) {
    event.preventDefault();
    event.stopPropagation();
    move(ways[event.key].map((value, at) => round(point[at] + value)));
    draw(key);
    say.textContent = `${point[0]}, ${point[1]}`;
  } else if ((event.key === "Delete" || event.key === "Backspace") && remove) {
    event.preventDefault();
    remove();
  }
}

function place(event) {
  const box = stage.getBoundingClientRect();
  return [round((event.clientX - box.left) / box.width), round((event.clientY - box.top) / box.height)];
}

function dragged(event, made, point, move, { key }) {
  if (drawing) return;
  event.preventDefault();
  made.focus();
  const from = place(event);
  const was = [...point];
  const go = (now) => {
    const to = place(now);
    move(was.map((value, at) => round(value + to[at] - from[at])));
    draw(key);
  };
  const ends = ["pointerup", "pointercancel"];
  const end = () => {
    stage.removeEventListener("pointermove", go);
    for (const name of ends) stage.removeEventListener(name, end);
  };
  // The corner is drawn anew with each step; the picture stays, so it is what follows the finger.
  stage.setPointerCapture(event.pointerId);
  stage.addEventListener("pointermove", go);
  for (const name of ends) stage.addEventListener(name, end);
}

function corners(shape, number) {
  const points = pointsOf(shape);
  const least = shape.kind === "line" ? 2 : 3;
  const made = points.map((point, at) => {
    const key = `${number}-${at}`;
    const remove = points.length > least ? () => { points.splice(at, 1); changed(); draw(`${number}-0`); } : undefined;
    const move = (to) => { point[0] = to[0]; point[1] = to[1]; changed(); };
    const one = handle(point, filled(words.corner, { number: at + 1, name: shape.name }), "corner", move, { remove, key });
    one.dataset.key = key;
    return one;
  });
  if (shape.kind === "line") {
    const key = `${number}-inside`;
    const move = (to) => { shape.inside = to; changed(); };
    const one = handle(shape.inside, filled(words.inside, { name: shape.name }), "inside", move, { key });
    one.dataset.key = key;
    made.push(one);
    return made;
  }
  points.forEach((point, at) => {
    const next = points[(at + 1) % points.length];
    const between = [round((point[0] + next[0]) / 2), round((point[1] + next[1]) / 2)];
    const add = () => { points.splice(at + 1, 0, [...between]); changed(); draw(`${number}-${at + 1}`); };
    const one = handle(between, filled(words.add, { name: shape.name }), "more", () => {}, {});
    one.addEventListener("click", add);
    one.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); add(); } });
    made.push(one);
  });
  return made;
}

function label(shape, at) {
  const [x, y] = px(at);
  const made = svg("text", { x, y, class: "label", "font-size": 14 * unit(), "text-anchor": "middle" });
  const kind = svg("tspan", { x, dy: 16 * unit(), class: "sort" });
  made.append(shape.name, kind);
  kind.textContent = kinds[shape.kind];
  return made;
}

function figure(shape, number) {
  const group = svg("g", { class: `shape kind-${shape.kind}` });
  if (shape.kind === "line") {
    const [from, to] = arrow(shape.ends, shape.inside, size);
    group.append(
      svg("polyline", { points: path(shape.ends), class: "halo" }),
      svg("polyline", { points: path(shape.ends), class: "edge" }),
      svg("line", { x1: from[0], y1: from[1], x2: to[0], y2: to[1], class: "way" }),
      label(shape, middle(shape.ends)),
    );
  } else {
    group.append(
      svg("polygon", { points: path(shape.corners), class: "ground" }),
      svg("polygon", { points: path(shape.corners), fill: `url(#pattern-${shape.kind})` }),
      svg("polygon", { points: path(shape.corners), class: "halo" }),
      svg("polygon", { points: path(shape.corners), class: "edge" }),
      label(shape, middle(shape.corners)),
    );
  }
  if (!drawing) group.append(...corners(shape, number));
  return group;
}

function grid() {
  const lines = [];
  for (let at = 1; at < 10; at += 1) {
    lines.push(svg("path", { d: `M${(at * size[0]) / 10} 0V${size[1]}M0 ${(at * size[1]) / 10}H${size[0]}` }));
  }
  return svg("g", { class: "grid" }, ...lines);
}

function draft() {
  const group = svg("g", { class: `shape draft kind-${drawing.kind}` });
  const points = [...drawing.points, drawing.at];
  group.append(svg("polyline", { points: path(points), class: "halo" }), svg("polyline", { points: path(points), class: "edge" }));
  for (const point of drawing.points) {
    const [x, y] = px(point);
    group.append(svg("circle", { cx: x, cy: y, r: 7 * unit(), class: "dot" }));
  }
  const [x, y] = px(drawing.at);
  const arm = 16 * unit();
  group.append(svg("path", { d: `M${x - arm} ${y}H${x + arm}M${x} ${y - arm}V${y + arm}`, class: "cross" }));
  return group;
}

function draw(focused) {
  stage.setAttribute("viewBox", `0 0 ${size[0]} ${size[1]}`);
  stage.replaceChildren(patterns(), grid(), ...shapes.map(figure), ...(drawing ? [draft()] : []));
  if (focused) stage.querySelector(`[data-key="${focused}"]`)?.focus({ preventScroll: true });
}

function list() {
  const made = shapes.map((shape, number) =>
    entry(shape, {
      kinds, words, points: form.querySelector("#points").content,
      change: () => { changed(); draw(); },
      remove: () => {
        shapes.splice(number, 1);
        changed(); draw(); list();
        say.textContent = filled(words.removed, { name: shape.name });
        (document.querySelector("#drawn input") ?? button("zone")).focus();
      },
    }),
  );
  if (!made.length) made.push(Object.assign(document.createElement("li"), { className: "soft", textContent: words.nothing }));
  document.getElementById("drawn").replaceChildren(...made);
}

function begin(kind) {
  drawing = { kind, points: [], at: [0.5, 0.5] };
  stage.classList.add("drawing");
  for (const name of ["done", "cancel"]) button(name).hidden = false;
  for (const one of others) one.hidden = true;
  button("done").hidden = kind === "line";
  say.textContent = kind === "line" ? words.how_line : words.how;
  draw();
  stage.focus();
}

function close(keep) {
  const { kind, points } = drawing;
  if (keep && kind !== "line" && points.length < 3) return;
  drawing = null;
  stage.classList.remove("drawing");
  for (const name of ["done", "cancel"]) button(name).hidden = true;
  for (const one of others) one.hidden = false;
  say.textContent = "";
  if (keep) {
    const shape = { name: free(kind === "line" ? words.line : words.zone), was: null, kind, corners: [], service_points: [], ends: [], inside: null };
    if (kind === "line") Object.assign(shape, { ends: points, inside: innerOf(points, size) });
    else shape.corners = points;
    shapes.push(shape);
    changed();
  }
  draw();
  list();
  if (keep) {
    const name = document.querySelector("#drawn li:last-child input");
    name.focus();
    name.select();
  } else button("zone").focus();
}

function free(word) {
  let number = 1;
  while (shapes.some((shape) => shape.name.toLowerCase() === `${word} ${number}`.toLowerCase())) number += 1;
  return `${word} ${number}`;
}

function set(point) {
  const [first] = drawing.points;
  const box = stage.getBoundingClientRect();
  const near = first && Math.hypot((first[0] - point[0]) * box.width, (first[1] - point[1]) * box.height) < 14;
  if (near && drawing.points.length >= 3) return close(true);
  if (near) return;
  drawing.points.push(point);
  drawing.at = point;
  if (drawing.kind === "line" && drawing.points.length === 2) return close(true);
  draw();
}

stage.addEventListener("pointermove", (event) => {
  if (!drawing) return;
  drawing.at = place(event);
  draw();
});
stage.addEventListener("click", (event) => {
  if (drawing) set(place(event));
});
stage.addEventListener("keydown", (event) => {
  if (!drawing || event.target !== stage) return;
  const step = event.shiftKey ? 0.05 : 0.01;
  const ways = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  if (ways[event.key]) {
    drawing.at = ways[event.key].map((value, at) => round(drawing.at[at] + value));
    say.textContent = `${drawing.at[0]}, ${drawing.at[1]}`;
    draw();
  } else if (event.key === " ") set([...drawing.at]);
  else if (event.key === "Enter") close(true);
  else if (event.key === "Escape") close(false);
  else if (event.key === "Backspace") { drawing.points.pop(); draw(); }
  else return;
  event.preventDefault();
});

async function still() {
  const image = form.querySelector("img");
  say.textContent = words.taking;
  button("still").disabled = true;
  try {
    const answer = await fetch(form.dataset.still, {
      method: "POST",
      headers: { "X-CSRF-Token": form.elements.csrf_token.value, Accept: "application/json" },
    });
    if (!answer.ok) throw new Error((await answer.json()).detail);
    URL.revokeObjectURL(image.src);
    image.src = URL.createObjectURL(await answer.blob());
    await image.decode();
    size = [1600, Math.round((1600 * image.naturalHeight) / image.naturalWidth)];
    image.hidden = false;
    stage.closest(".stage").classList.add("pictured");
    say.textContent = words.taken;
    draw();
  } catch (error) {
    say.textContent = `${error.message} ${words.failed}`;
  } finally {
    button("still").disabled = false;
  }
}

form.addEventListener("click", (event) => {
  const asked = event.target.closest("[data-do]")?.dataset.do;
  const ways = { still, zone: () => begin("staff"), line: () => begin("line"), done: () => close(true), cancel: () => close(false) };
  ways[asked]?.();
});
form.addEventListener("submit", () => { dirty = false; });
form.addEventListener("keydown", (event) => {
  // Enter in the name of a zone is no wish to save.
  if (event.key === "Enter" && event.target.matches("#drawn input")) event.preventDefault();
});
window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
window.addEventListener("resize", () => draw());
field.value = JSON.stringify(shapes);
draw();
list();
