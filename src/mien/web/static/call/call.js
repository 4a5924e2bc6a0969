// The page of calls: told, shown, marked, read, ended. What the server says of the tile, and the watch over the window
// here, can each stop reading; only the user can start it again.

import { Channel } from "./channel.js";
import { COLUMNS, LayoutWatch, ROWS } from "./layout.js";
import { Marker } from "./marker.js";
import { openRecording, shareWindow } from "./source.js";
import { TileCutter } from "./tile.js";
import { View } from "./view.js";

const facts = JSON.parse(document.getElementById("facts").textContent);
const part = (id) => document.getElementById(id);
const view = new View(facts);
const cutter = new TileCutter();
const marker = new Marker(part("field"), part("frame"), () => {});

let channel = null;
let source = null;
let watch = null; // over the layout, while a rectangle is read
let mark = 0; // number of the present mark: a picture cut for an older one is not sent
let marked = false;
let sending = false;
let keeps = false;

// 1. Tell
const place = () => part("place").selectedOptions[0].dataset;

function showBanner() {
  const code = part("language").value;
  part("banner").textContent = facts.banners[code][part("place").value ? "kept" : "plain"];
  part("banner").lang = code;
  // Who was told something else was not told this.
  part("told").checked = false;
  allow();
}

function allow() {
  const told = part("told").checked;
  part("share").disabled = part("file").disabled = !told;
  part("first").hidden = told;
}

part("language").addEventListener("change", showBanner);
part("place").addEventListener("change", showBanner);
part("told").addEventListener("change", allow);
part("copy").addEventListener("click", async () => {
  const text = part("banner").textContent;
  try {
    await navigator.clipboard.writeText(text);
    view.copied(part("copy"));
  } catch {
    getSelection().selectAllChildren(part("banner")); // to be copied by hand
  }
});

// 2. Show
part("share").addEventListener("click", () => show(() => shareWindow(part("video")), "refused"));
part("file").addEventListener("change", () => {
  const [file] = part("file").files;
  if (file) show(() => openRecording(part("video"), file), "unreadable");
});

async function show(open, whyNot) {
  if (!part("told").checked) return;
  if (whyNot === "refused" && !navigator.mediaDevices?.getDisplayMedia) {
    view.first("unable");
    return;
  }
  try {
    source = await open();
  } catch {
    view.first(whyNot);
    return;
  }
  source.onend = () => {
    if (marked) change("over");
    else view.say("over", "warn");
  };
  const { site, touchpoint } = place();
  channel = new Channel(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/call/line`, heard);
  try {
    await channel.opened;
  } catch {
    return;
  }
  channel.ask({
    type: "begin",
    told: true,
    language: part("language").value,
    recording: source.recording,
    ...(site ? { site, touchpoint } : {}),
  });
}

// 3. Mark
function begun({ rate, keeps: kept }) {
  keeps = kept;
  view.live(keeps);
  source.watch(rate, look);
  marker.lock(false);
  view.say("marking");
  part("frame").focus({ preventScroll: true });
}

function read(samePerson) {
  if (!channel || marked) return;
  marked = true;
  mark += 1;
  watch = new LayoutWatch(marker.rect, source.size);
  marker.lock(true);
  view.reading();
  channel.ask({ type: "mark", same_person: samePerson });
  if (source.recording) source.video.play();
}

// A new picture of the window: is it still laid out as it was? Then the rectangle is cut out and sent.
async function look(picture, size, ms) {
  if (!marked) return;
  if (watch.look(cutter.cells(picture, COLUMNS, ROWS), size, ms)) {
    change("the window changed");
    return;
  }
  if (sending || !channel.ready) return;
  sending = true;
  const now = mark;
  try {
    const message = await cutter.message(picture, size, marker.rect, ms);
    if (marked && now === mark) channel.picture(message);
  } finally {
    sending = false;
  }
}

// Here it was seen that the window changed.
function change(why) {
  channel.ask({ type: "changed" });
  halt(why);
}

function halt(why) {
  marked = false;
  watch = null;
  if (source?.recording) source.video.pause();
  marker.lock(false);
  view.stopped(why); // the focus stays: nobody reads on by a key that was meant for something else
}

part("read").addEventListener("click", () => read(true));
part("other").addEventListener("click", () => read(false));
part("frame").addEventListener("keydown", (event) => {
  if (event.key === "Enter") read(true);
});
part("pause").addEventListener("click", () => {
  channel.ask({ type: "pause" });
  halt("paused");
});
part("end").addEventListener("click", () => end(false));
part("keep").addEventListener("click", () => end(true));

function end(keep) {
  marked = false;
  channel.ask({ type: "end", keep });
}

// What Mien says
function heard(told) {
  if (told.type === "begun") begun(told);
  else if (told.type === "state") {
    if (told.phase === "stopped" && marked) halt(told.stopped);
    if (marked) view.state(told);
  } else if (told.type === "problem") view.problem(told.detail, source !== null);
  else if (told.type === "summary") {
    finish();
    view.summary(told, part("place").selectedOptions[0].textContent);
  } else if (told.type === "barred" && source) {
    finish();
    view.lost("barred");
  } else if (told.type === "closed" && source) {
    finish();
    view.lost("lost");
  }
}

function finish() {
  marked = false;
  source?.close();
  source = null;
  channel?.close();
}

addEventListener("pagehide", () => channel?.close());
allow();
