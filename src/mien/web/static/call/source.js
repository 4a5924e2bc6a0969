// Where pictures of the call come from: the shared window, or a recording of one's own. Neither is sent anywhere here.

// Shares a window; the user chooses which. The sound is not asked for.
export async function shareWindow(video) {
  const stream = await navigator.mediaDevices.getDisplayMedia({
    video: { frameRate: { max: 10 } },
    audio: false,
    selfBrowserSurface: "exclude",
    surfaceSwitching: "exclude",
    monitorTypeSurfaces: "exclude",
  });
  video.srcObject = stream;
  await video.play();
  return new Source(video, stream);
}

// Opens a recording: the browser plays it from where it lies.
export async function openRecording(video, file) {
  const address = URL.createObjectURL(file);
  video.src = address;
  try {
    await new Promise((done, failed) => {
      video.onloadeddata = done;
      video.onerror = () => failed(new Error("unreadable"));
    });
  } catch (error) {
    URL.revokeObjectURL(address);
    video.removeAttribute("src");
    throw error;
  }
  return new Source(video, null, address);
}

export class Source {
  constructor(video, stream, address = null) {
    this.video = video;
    this.stream = stream;
    this.address = address;
    this.onend = () => {};
    stream?.getVideoTracks()[0].addEventListener("ended", () => this.onend());
    if (!stream) video.onended = () => this.onend();
  }

  get recording() {
    return this.stream === null;
  }

  get size() {
    return [this.video.videoWidth, this.video.videoHeight];
  }

  // Calls `each(picture, size, ms)` with new pictures, at most `rate` a second, until the source ends or is closed.
  watch(rate, each) {
    const least = 1000 / rate - 15;
    let last = -Infinity;
    const give = (picture, size, ms) => {
      if (ms < last) last = -Infinity; // a recording was played from an earlier place
      if (ms - last < least) return;
      last = ms;
      each(picture, size, ms);
    };
    if (this.stream && "MediaStreamTrackProcessor" in window) this.byTrack(give);
    else this.byVideo(give);
  }

  // Comes also while this page is hidden behind the window of the call.
  async byTrack(give) {
    const track = this.stream.getVideoTracks()[0];
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || this.closed) break;
      give(value, [value.displayWidth, value.displayHeight], value.timestamp / 1000);
      value.close();
    }
  }

  byVideo(give) {
    const again = (now, facts) => {
      if (this.closed) return;
      give(this.video, this.size, this.recording ? facts.mediaTime * 1000 : now);
      this.video.requestVideoFrameCallback(again);
    };
    this.video.requestVideoFrameCallback(again);
  }

  close() {
    this.closed = true;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.video.pause();
    this.video.srcObject = null;
    this.video.removeAttribute("src");
    this.video.load();
    if (this.address) URL.revokeObjectURL(this.address);
  }
}
