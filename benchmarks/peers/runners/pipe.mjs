// Pictures in from standard input, answers out to standard output, as fer_answers.py says; and what both packages need.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const require = createRequire(import.meta.url);
export const modules = path.join(path.dirname(fileURLToPath(import.meta.url)), 'node_modules');

const out = fs.createWriteStream(null, { fd: 1 });
for (const name of ['log', 'info', 'debug', 'warn']) console[name] = (...text) => console.error(...text);

// The WASM builds fetch their networks; Node's fetch opens no files.
const web = globalThis.fetch;
globalThis.fetch = async (url, options) => String(url).startsWith('file:')
  ? new Response(fs.readFileSync(fileURLToPath(String(url)))) : web(url, options);

const wasm = require('@tensorflow/tfjs-backend-wasm');
wasm.setThreadsCount(1);
export const wasmPath = path.join(modules, '@tensorflow', 'tfjs-backend-wasm', 'dist') + path.sep;
wasm.setWasmPaths(wasmPath);

const say = (answer) => out.write(`${JSON.stringify(answer)}\n`);

/** Bytes of standard input up to a length or a line's end. */
class Input {
  constructor() { this.chunks = process.stdin[Symbol.asyncIterator](); this.held = Buffer.alloc(0); }

  async more() {
    const { value, done } = await this.chunks.next();
    if (!done) this.held = Buffer.concat([this.held, value]);
    return !done;
  }

  take(count) {
    const part = this.held.subarray(0, count);
    this.held = this.held.subarray(count);
    return part;
  }

  async line() {
    while (!this.held.includes(10)) if (!await this.more()) return null;
    return this.take(this.held.indexOf(10) + 1).toString();
  }

  async bytes(count) {
    while (this.held.length < count) if (!await this.more()) throw new Error('the picture ends too early');
    return this.take(count);
  }
}

/**
 * Answer every picture.
 * @param labels of the numbers of an answer
 * @param prepare called with each new setting
 * @param read called with (rgb Int32Array, height, width): the numbers, or null where no face was found
 */
export async function serve(labels, prepare, read) {
  const input = new Input();
  say({ labels });
  for (let line = await input.line(); line !== null; line = await input.line()) {
    const { height, width, setting } = JSON.parse(line);
    if (setting) await prepare(setting);
    const grey = await input.bytes(height * width);
    const rgb = new Int32Array(3 * grey.length);
    for (let i = 0; i < rgb.length; i++) rgb[i] = grey[Math.floor(i / 3)];
    const start = performance.now();
    const p = await read(rgb, height, width);
    say({ p: p && Array.from(p), ms: performance.now() - start });
  }
}
