// The drawing itself: SVG of zones and lines, by kind with colour, pattern and words.
const NS = "http://www.w3.org/2000/svg";

export const PATTERNS = {
  staff: ["M0 0 L16 16 M-4 12 L4 20 M12 -4 L20 4"],
  "no-reading": ["M0 0 L16 16 M16 0 L0 16"],
  queue: ["M0 8 H16"],
  shelf: ["M7 8 H9"],
  read: [],
  line: ["M0 8 H16"],
};

export function svg(name, given = {}, ...inner) {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(given)) made.setAttribute(key, value);
  made.append(...inner);
  return made;
}

export function patterns() {
  return svg(
    "defs",
    {},
    ...Object.entries(PATTERNS).map(([kind, paths]) =>
      svg(
        "pattern",
        { id: `pattern-${kind}`, width: 16, height: 16, patternUnits: "userSpaceOnUse", class: `kind-${kind}` },
        ...paths.map((d) => svg("path", { d, class: "stroke" })),
      ),
    ),
  );
}

// Middle of a polygon's box, where its words stand.
export function middle(points) {
  const xs = points.map((point) => point[0]);
  const ys = points.map((point) => point[1]);
  return [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
}

// The point square to the middle of a line, on the side of `inside`, as far as that is.
export function arrow([a, b], inside, [wide, high]) {
  const from = [((a[0] + b[0]) / 2) * wide, ((a[1] + b[1]) / 2) * high];
  const to = [inside[0] * wide, inside[1] * high];
  return [from, to];
}

export function innerOf([a, b], [wide, high]) {
  const dx = (b[0] - a[0]) * wide;
  const dy = (b[1] - a[1]) * high;
  const long = Math.hypot(dx, dy) || 1;
  const off = 0.12 * high;
  const clamp = (value) => Math.min(1, Math.max(0, Math.round(value * 1000) / 1000));
  const at = (sign) => [
    (a[0] + b[0]) / 2 + (sign * -dy * off) / long / wide,
    (a[1] + b[1]) / 2 + (sign * dx * off) / long / high,
  ];
  // Where one side is outside the picture, the other.
  const fits = at(1).every((value) => value > 0.02 && value < 0.98);
  return at(fits ? 1 : -1).map(clamp);
}
