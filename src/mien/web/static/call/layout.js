// Watches the window of a call for changes of its layout. It sees a coarse copy of the window only, which stays here.
//
// Three signs: the window has another size; many cells of the marked tile that were still (the room behind the person)
// differ at once, and not only in brightness; cells between and around the tiles are no longer of the window's own colour,
// or cells that were not are. The server judges the tile again by itself (mien.runtime.call.tile).

export const COLUMNS = 160;
export const ROWS = 90;

const ROOM = 0.4; // share of the tile's still cells that change at once
const MEMORY_S = 1.5;
const STILL = 3;
const CHANGED = 14;
const TIMES_USUAL = 5;
const MOST_USUAL = 20;
const FEW = 0.15; // of the tile's cells
const BRIGHTER = 0.4; // of the logarithm
const TINTED = 0.08;
const FLOOR = 8;

const SIDES = 5; // columns at each side of the window that show its own colour
const BARS = 1 / 8; // of the height, above and below, where buttons come and go
const ALIKE = 10;
const OWN = 0.4; // share of the sides that has one colour where it is the window's own
const LEAST_OWN = 0.03; // share of the window
const MOVED = 0.25; // share of the cells of that colour, lost or won
const TWICE = 2; // pictures in a row

export class LayoutWatch {
  // rect: {x, y, width, height}, each 0..1 of the window; size: [width, height] of the window, pixels.
  constructor(rect, size) {
    this.size = size;
    this.tile = [];
    this.around = [];
    const x1 = Math.ceil(rect.x * COLUMNS);
    const x2 = Math.floor((rect.x + rect.width) * COLUMNS);
    const y1 = Math.ceil(rect.y * ROWS);
    const y2 = Math.floor((rect.y + rect.height) * ROWS);
    const inside = (x, y) => x >= x1 - 1 && x <= x2 && y >= y1 - 1 && y <= y2;
    for (let y = 0; y < ROWS; y++) {
      for (let x = 0; x < COLUMNS; x++) {
        if (x >= x1 && x < x2 && y >= y1 && y < y2) this.tile.push(y * COLUMNS + x);
        else if (!inside(x, y) && y >= BARS * ROWS && y < (1 - BARS) * ROWS) this.around.push(y * COLUMNS + x);
      }
    }
    this.usual = null;
    this.moves = null;
    this.own = null;
    this.moved = 0;
    this.seen = 0;
  }

  // cells: RGBA of COLUMNS x ROWS; ms: when, milliseconds. What changed: "size", "room", "layout", or null.
  look(cells, size, ms) {
    if (size[0] !== this.size[0] || size[1] !== this.size[1]) return "size";
    const now = Float32Array.from(this.tile.flatMap((at) => [cells[4 * at], cells[4 * at + 1], cells[4 * at + 2]]));
    const room = this.room(now, ms);
    this.last = ms;
    if (room >= ROOM) return "room";
    return this.structure(cells) ? "layout" : null;
  }

  room(now, ms) {
    const n = this.tile.length;
    if (!this.usual) {
      this.usual = now;
      this.moves = new Float32Array(n).fill(1 + STILL);
      return 0;
    }
    let still = [];
    for (let i = 0; i < n; i++) if (this.moves[i] < STILL) still.push(i);
    const enough = still.length >= FEW * n;
    if (!enough) {
      const middle = median(Array.from(this.moves));
      still = [];
      for (let i = 0; i < n; i++) if (this.moves[i] <= middle) still.push(i);
    }
    const gain = relit(now, this.usual, still);
    this.seen += 1;
    const weight = Math.max(1 - Math.exp(-(ms - this.last) / 1000 / MEMORY_S), 1 / (this.seen + 1));
    const off = new Float32Array(n);
    for (let i = 0; i < n; i++) {
      for (let c = 0; c < 3; c++) {
        const lit = (now[3 * i + c] + FLOOR) * Math.exp(-gain[c]) - FLOOR;
        off[i] = Math.max(off[i], Math.abs(lit - this.usual[3 * i + c]));
      }
    }
    let changed = 0;
    for (const i of still) if (off[i] > Math.max(CHANGED, TIMES_USUAL * this.moves[i])) changed += 1;
    for (let i = 0; i < n; i++) this.moves[i] += weight * (Math.min(off[i], MOST_USUAL) - this.moves[i]);
    for (let i = 0; i < 3 * n; i++) this.usual[i] += weight * (now[i] - this.usual[i]);
    return enough && still.length ? changed / still.length : 0;
  }

  structure(cells) {
    if (this.own === null) {
      this.own = this.ownColour(cells);
      this.was = this.own && this.around.map((at) => like(cells, at, this.own));
      this.count = this.own ? this.was.filter(Boolean).length : 0;
      if (this.count < LEAST_OWN * COLUMNS * ROWS) this.own = false;
      return false;
    }
    if (!this.own) return false;
    let lost = 0;
    let won = 0;
    this.around.forEach((at, i) => {
      const is = like(cells, at, this.own);
      if (this.was[i] && !is) lost += 1;
      if (!this.was[i] && is) won += 1;
    });
    this.moved = Math.max(lost, won) > MOVED * this.count ? this.moved + 1 : 0;
    return this.moved >= TWICE;
  }

  // The colour that most cells at the sides of the window have; false where no colour is that of enough of them.
  ownColour(cells) {
    const sides = this.around.filter((at) => at % COLUMNS < SIDES || at % COLUMNS >= COLUMNS - SIDES);
    let best = [];
    for (const one of sides.filter((_, i) => i % 7 === 0)) {
      const colour = [cells[4 * one], cells[4 * one + 1], cells[4 * one + 2]];
      const alike = sides.filter((at) => like(cells, at, colour));
      if (alike.length > best.length) best = alike;
    }
    if (best.length < OWN * sides.length || !best.length) return false;
    return [0, 1, 2].map((c) => best.reduce((sum, at) => sum + cells[4 * at + c], 0) / best.length);
  }
}

function like(cells, at, colour) {
  for (let c = 0; c < 3; c++) if (Math.abs(cells[4 * at + c] - colour[c]) > ALIKE) return false;
  return true;
}

// The brightness, and a little of its colour, by which most cells changed: logarithms, one for each colour.
function relit(now, usual, still) {
  const gain = [0, 1, 2].map((c) => {
    const middle = median(still.map((i) => Math.log((now[3 * i + c] + FLOOR) / (usual[3 * i + c] + FLOOR))));
    return Math.min(Math.max(middle, -BRIGHTER), BRIGHTER);
  });
  const middle = median(gain);
  return gain.map((one) => Math.min(Math.max(one, middle - TINTED), middle + TINTED));
}

function median(values) {
  if (!values.length) return 0;
  values.sort((a, b) => a - b);
  const half = values.length >> 1;
  return values.length % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}
