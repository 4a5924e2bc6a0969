// Answers of @vladmandic/human with the WASM backend.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { modules, require, serve, wasmPath } from './pipe.mjs';

const home = path.join(modules, '@vladmandic', 'human');
const { Human } = require(path.join(home, 'dist', 'human.node-wasm.js'));

// its emotion.ts names them in this order; checked below against the names it answers with
const LABELS = ['angry', 'disgust', 'fear', 'happy', 'sad', 'surprise', 'neutral'];
const SIDE = 64;

const off = { enabled: false };
let human;
let given = false;
let numbers = [];

async function prepare({ detector, emotion, ...face }) {
  given = detector === 'given';
  human = new Human({
    backend: 'wasm', wasmPath, modelBasePath: `${pathToFileURL(path.join(home, 'models'))}/`,
    debug: false, async: false, cacheSensitivity: 0, // pictures don't follow each other
    body: off, hand: off, gesture: off, object: off, segmentation: off,
    face: {
      iris: off, description: off, // change no expression, and cost time
      detector: { maxDetected: 5, ...(given ? {} : detector) },
      emotion: { minConfidence: 0, ...emotion },
      ...face,
    },
  });
  await human.load();
  const net = human.models.models.emotion;
  if (!net.recorded) { // its answers are cut to two decimals: take the numbers of its network
    const execute = net.execute.bind(net);
    net.execute = (x) => { const y = execute(x); numbers.push(y.dataSync().slice()); return y; };
    net.recorded = true;
  }
}

async function read(rgb, height, width) {
  const { tf } = human;
  numbers = [];
  if (given) {
    if (height !== SIDE || width !== SIDE) throw new Error(`the crop must be ${SIDE}x${SIDE}`);
    const grey = tf.tidy(() => tf.sub(tf.div(tf.slice(tf.tensor(rgb, [1, height, width, 3], 'float32'), [0, 0, 0, 0], [1, height, width, 1]), 127.5), 1));
    tf.dispose([grey, human.models.models.emotion.execute(grey)]);
    return numbers[0];
  }
  const picture = tf.tensor(rgb, [1, height, width, 3], 'int32');
  const { face, error } = await human.detect(picture);
  tf.dispose(picture);
  if (error) throw new Error(error);
  if (face.length === 0) return null;
  if (numbers.length !== face.length) throw new Error(`${face.length} faces, ${numbers.length} readings`);
  const area = face.map(({ box }) => box[2] * box[3]);
  const one = area.indexOf(Math.max(...area));
  const p = numbers[one];
  const named = face[one].emotion[0];
  if (named && p[LABELS.indexOf(named.emotion)] < Math.max(...p) - 0.011) throw new Error(`the order of labels has changed: ${named.emotion}`);
  return p;
}

await serve(LABELS, prepare, read);
