// What is drawn, as a list with names and kinds.
function made(name, given = {}, ...inner) {
  const one = Object.assign(document.createElement(name), given);
  one.append(...inner);
  return one;
}

export function entry(shape, { kinds, words, points, change, remove }) {
  const name = made("input", { value: shape.name, maxLength: 40, autocomplete: "off", required: true });
  name.addEventListener("input", () => { shape.name = name.value; change(); });
  const rows = [made("label", {}, words.name, name)];
  if (shape.kind !== "line") {
    const kind = made("select", {}, ...Object.entries(kinds).filter(([key]) => key !== "line")
      .map(([key, word]) => made("option", { value: key, textContent: word, selected: key === shape.kind })));
    rows.push(made("label", {}, words.kind, kind));
    const leads = made("fieldset", { className: "leads", hidden: shape.kind !== "queue" || !points.children.length },
      made("legend", { textContent: words.queue }),
      ...[...points.children].map((point) => {
        const box = made("input", { type: "checkbox", checked: shape.service_points.includes(point.textContent) });
        box.addEventListener("change", () => {
          const others = shape.service_points.filter((one) => one !== point.textContent);
          shape.service_points = box.checked ? [...others, point.textContent] : others;
          change();
        });
        return made("label", { className: "box" }, box, point.textContent);
      }));
    kind.addEventListener("change", () => {
      shape.kind = kind.value;
      leads.hidden = shape.kind !== "queue" || !points.children.length;
      item.className = `drawn kind-${shape.kind}`;
      change();
    });
    rows.push(leads);
  } else rows.push(made("p", { className: "soft", textContent: kinds.line }));
  const gone = made("button", { type: "button", className: "danger", textContent: words.delete });
  gone.setAttribute("aria-label", `${words.delete}: ${shape.name}`);
  gone.addEventListener("click", remove);
  const item = made("li", { className: `drawn kind-${shape.kind}` }, ...rows, gone);
  return item;
}
