// The curve of valence with its band, drawn by uPlot; gaps where nothing could be told.

const MOST = 3000; // points; a live curve shows the last minutes only
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600]; // seconds between marks of the time

export class Curve {
  // seconds: how many of the last seconds are shown; all where left out.
  constructor(box, { seconds = null, labels }) {
    this.box = box;
    this.seconds = seconds;
    this.data = [[], [], [], []];
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    const clock = (value) => `${Math.floor(value / 60)}:${String(Math.floor(value % 60)).padStart(2, "0")}`;
    const axis = { stroke: colour("soft"), font: "12px system-ui, sans-serif", ticks: { show: false } };
    const edge = { width: 0, points: { show: false }, spanGaps: false };
    this.plot = new window.uPlot(
      {
        width: Math.max(box.clientWidth, 240),
        height: this.height,
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false }, y: { range: [-1, 1] } },
        series: [
          { label: labels[0] },
          { ...edge },
          { ...edge },
          { label: labels[1], stroke: colour("accent"), width: 2, points: { show: false }, spanGaps: false },
        ],
        bands: [{ series: [2, 1], fill: colour("band") }],
        axes: [
          { ...axis, grid: { show: false }, values: (_, marks) => marks.map(clock), size: 26, incrs: STEPS, space: 60 },
          {
            ...axis,
            size: 34,
            splits: () => [-1, 0, 1],
            values: (_, marks) => marks.map((one) => (one > 0 ? "+1" : one < 0 ? "−1" : "0")),
            grid: { stroke: colour("rule"), width: 1 },
          },
        ],
      },
      this.data,
      box,
    );
    this.watcher = new ResizeObserver(() =>
      this.plot.setSize({ width: Math.max(box.clientWidth, 240), height: this.height }),
    );
    this.watcher.observe(box);
  }

  get height() {
    return this.seconds ? 170 : 230;
  }

  // One more point; the same time again changes nothing, an earlier one is passed over.
  add(t, mean, low, high) {
    const last = this.data[0].at(-1);
    if (last !== undefined && t <= last) return;
    if (last !== undefined && t - last > 2) this.push(last + 0.01, null, null, null);
    this.push(t, low, high, mean);
    this.plot.setData(this.data, false);
    this.plot.setScale("x", { min: Math.max(0, t - this.seconds), max: Math.max(t, this.seconds / 4) });
  }

  push(...point) {
    point.forEach((value, i) => this.data[i].push(value));
    if (this.data[0].length > MOST) this.data.forEach((column) => column.shift());
  }

  // data: times, means, lower and upper ends.
  show([t, mean, low, high]) {
    this.plot.setData([t, low, high, mean]);
  }
}
