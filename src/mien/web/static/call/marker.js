// Marks the other side's tile: by dragging, or with the keys. Arrows move the rectangle, with Shift they size it.

const STEP = 0.01;
const FINE = 0.002;
const LEAST = 0.05;

export class Marker {
  // field: the element over the picture; frame: the rectangle in it, focusable.
  constructor(field, frame, onchange) {
    this.field = field;
    this.frame = frame;
    this.onchange = onchange;
    this.rect = { x: 0.25, y: 0.2, width: 0.5, height: 0.5 };
    this.locked = false;
    field.addEventListener("pointerdown", (event) => this.press(event));
    frame.addEventListener("keydown", (event) => this.key(event));
    this.show();
  }

  lock(locked) {
    this.locked = locked;
    this.field.classList.toggle("locked", locked);
    this.frame.tabIndex = locked ? -1 : 0;
  }

  press(event) {
    if (this.locked || event.button > 0) return;
    event.preventDefault();
    this.field.setPointerCapture(event.pointerId);
    const from = this.at(event);
    const inside =
      event.target === this.frame && event.pointerType !== "mouse" ? { ...this.rect } : null; // a finger moves it
    const move = (next) => {
      const to = this.at(next);
      if (inside) {
        this.set({ ...inside, x: inside.x + to.x - from.x, y: inside.y + to.y - from.y });
      } else {
        const x = Math.min(from.x, to.x);
        const y = Math.min(from.y, to.y);
        this.set({ x, y, width: Math.abs(to.x - from.x), height: Math.abs(to.y - from.y) });
      }
    };
    const up = () => {
      this.field.removeEventListener("pointermove", move);
      this.frame.focus({ preventScroll: true });
    };
    this.field.addEventListener("pointermove", move);
    this.field.addEventListener("pointerup", up, { once: true });
    this.field.addEventListener("pointercancel", up, { once: true });
  }

  key(event) {
    const by = event.altKey ? FINE : STEP;
    const [dx, dy] =
      { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] }[event.key] ?? [];
    if (dx === undefined || this.locked) return;
    event.preventDefault();
    const { x, y, width, height } = this.rect;
    if (event.shiftKey) this.set({ x, y, width: width + dx, height: height + dy });
    else this.set({ x: x + dx, y: y + dy, width, height });
  }

  at(event) {
    const box = this.field.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  }

  set(rect) {
    const width = Math.min(Math.max(rect.width, LEAST), 1);
    const height = Math.min(Math.max(rect.height, LEAST), 1);
    this.rect = {
      x: Math.min(Math.max(rect.x, 0), 1 - width),
      y: Math.min(Math.max(rect.y, 0), 1 - height),
      width,
      height,
    };
    this.show();
    this.onchange(this.rect);
  }

  show() {
    for (const [name, value] of Object.entries({ left: "x", top: "y", width: "width", height: "height" })) {
      this.frame.style[name] = `${100 * this.rect[value]}%`;
    }
  }
}
