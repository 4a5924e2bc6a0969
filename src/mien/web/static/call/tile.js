// Cuts the marked rectangle out of a picture of the window: the one thing that leaves the browser.

const MOST_SIDE = 480;
const QUALITY = 0.92;

export class TileCutter {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.pen = this.canvas.getContext("2d", { alpha: false });
    this.coarse = document.createElement("canvas");
    this.coarsePen = this.coarse.getContext("2d", { alpha: false, willReadFrequently: true });
  }

  // rect: 0..1 of the window. A message: 8 bytes of time (float64, big-endian, ms), then the tile as JPEG.
  async message(picture, size, rect, ms) {
    const [x, y, width, height] = pixels(rect, size);
    const scale = Math.min(1, MOST_SIDE / Math.max(width, height));
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    this.pen.imageSmoothingQuality = "high";
    this.pen.drawImage(picture, x, y, width, height, 0, 0, this.canvas.width, this.canvas.height);
    const blob = await new Promise((done) => this.canvas.toBlob(done, "image/jpeg", QUALITY));
    const body = new Uint8Array(await blob.arrayBuffer());
    const message = new Uint8Array(8 + body.length);
    new DataView(message.buffer).setFloat64(0, ms);
    message.set(body, 8);
    return message;
  }

  // The whole window in a few thousand cells, for the watch over its layout; it does not leave the browser.
  cells(picture, columns, rows) {
    this.coarse.width = columns;
    this.coarse.height = rows;
    this.coarsePen.imageSmoothingQuality = "high";
    this.coarsePen.drawImage(picture, 0, 0, columns, rows);
    return this.coarsePen.getImageData(0, 0, columns, rows).data;
  }
}

export function pixels(rect, size) {
  const x = Math.round(rect.x * size[0]);
  const y = Math.round(rect.y * size[1]);
  return [x, y, Math.round((rect.x + rect.width) * size[0]) - x, Math.round((rect.y + rect.height) * size[1]) - y];
}
