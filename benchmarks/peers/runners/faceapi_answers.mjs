// Answers of @vladmandic/face-api with the WASM backend.
import path from 'node:path';
import { modules, require, serve } from './pipe.mjs';

const home = path.join(modules, '@vladmandic', 'face-api');
const faceapi = require(path.join(home, 'dist', 'face-api.node-wasm.js'));
const { nets, tf } = faceapi;

await tf.setBackend('wasm');
await tf.ready();
for (const name of ['ssdMobilenetv1', 'tinyFaceDetector', 'faceLandmark68Net', 'faceExpressionNet']) {
  await nets[name].loadFromDisk(path.join(home, 'model'));
}
const LABELS = [...faceapi.FACE_EXPRESSION_LABELS];
const DETECTORS = { ssd: faceapi.SsdMobilenetv1Options, tiny: faceapi.TinyFaceDetectorOptions };

let how;
let options;

async function prepare({ detector, landmarks, ...rest }) {
  how = { detector, landmarks };
  options = DETECTORS[detector] && new DETECTORS[detector](rest);
}

const inOrder = (expressions) => LABELS.map((name) => expressions[name]);

async function read(rgb, height, width) {
  const picture = tf.tensor3d(rgb, [height, width, 3], 'int32');
  try {
    if (how.detector === 'given') return inOrder(await nets.faceExpressionNet.predictExpressions(picture));
    const faces = faceapi.detectAllFaces(picture, options);
    const found = await (how.landmarks ? faces.withFaceLandmarks() : faces).withFaceExpressions();
    if (found.length === 0) return null;
    const area = found.map(({ detection }) => detection.box.area);
    return inOrder(found[area.indexOf(Math.max(...area))].expressions);
  } finally {
    tf.dispose(picture);
  }
}

await serve(LABELS, prepare, read);
