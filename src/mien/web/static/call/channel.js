// The line to Mien: asks, pictures, and what is told back. It never sends faster than it is answered.

const MOST_WAITING = 2; // pictures that are not answered yet
const MOST_BYTES = 1 << 20; // that the browser holds back

export class Channel {
  constructor(address, listen) {
    this.socket = new WebSocket(address);
    this.socket.binaryType = "arraybuffer";
    this.waiting = 0;
    this.missed = 0;
    this.opened = new Promise((done, failed) => {
      this.socket.onopen = done;
      this.socket.onclose = (event) => {
        failed(new Error("closed"));
        listen({ type: "closed", detail: event.reason });
      };
    });
    this.opened.catch(() => {});
    this.socket.onmessage = (event) => {
      const told = JSON.parse(event.data);
      if (told.answers) this.waiting = Math.max(0, this.waiting - told.answers);
      listen(told);
    };
  }

  ask(what) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(what));
  }

  // Whether a picture may be sent now; one that may not is noted.
  get ready() {
    const free =
      this.socket.readyState === WebSocket.OPEN &&
      this.waiting < MOST_WAITING &&
      this.socket.bufferedAmount < MOST_BYTES;
    if (!free) this.missed += 1;
    return free;
  }

  picture(message) {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.waiting += 1;
    this.socket.send(message);
  }

  close() {
    this.socket.onclose = null;
    this.socket.close(1000);
  }
}
