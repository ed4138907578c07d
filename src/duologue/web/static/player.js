// Plays samples while they still arrive. Parts are put one after the other on the clock of an AudioContext that
// runs at the samples' own rate, so there is no seam between them; all samples are kept, so it can be heard again
// from any place without asking the server.

export const RATE = 24000;

let shared = null;

/** One AudioContext for the page: browsers allow only some. Call it from a click the first time. */
export function context() {
  shared ??= new AudioContext({ sampleRate: RATE, latencyHint: "interactive" });
  if (shared.state === "suspended") shared.resume();
  return shared;
}

export class Player extends EventTarget {
  #parts = [];
  #sources = new Set();
  #from = 0; // seconds of the sound at which the clock was #zero
  #zero = 0;
  #next = 0; // where on the context's clock the next part begins
  #done = false;
  #scheduled = 0;
  playing = false;
  samples = 0;

  /** Seconds there are so far. */
  get duration() { return this.samples / RATE; }
  get complete() { return this.#done; }

  /** Seconds that have been heard. */
  get time() {
    if (!this.playing) return this.#from;
    const ctx = context();
    return Math.min(this.duration, Math.max(this.#from, this.#from + ctx.currentTime - this.#zero));
  }

  push(audio) {
    if (!audio.length) return;
    this.#parts.push({ at: this.samples, audio });
    this.samples += audio.length;
    if (this.playing) this.#schedule();
  }

  /** No more will come. */
  end() {
    this.#done = true;
    if (this.playing) this.#schedule();
  }

  play(from = this.#from) {
    this.#silence();
    const ctx = context();
    if (this.#done && from >= this.duration - 0.02) from = 0;
    this.#from = from;
    this.#zero = ctx.currentTime + 0.03;
    this.#next = this.#zero;
    this.#scheduled = Math.round(from * RATE);
    this.playing = true;
    this.#schedule();
    this.dispatchEvent(new Event("change"));
  }

  pause() {
    if (!this.playing) return;
    const now = this.time;
    this.#silence();
    this.playing = false;
    this.#from = now;
    this.dispatchEvent(new Event("change"));
  }

  seek(to) {
    const at = Math.max(0, Math.min(to, this.duration));
    if (this.playing) this.play(at);
    else this.#from = at;
    this.dispatchEvent(new Event("change"));
  }

  stop() {
    this.#silence();
    this.playing = false;
    this.#from = 0;
    this.dispatchEvent(new Event("change"));
  }

  #silence() {
    for (const source of this.#sources) {
      source.onended = null;
      try { source.stop(); } catch { /* it hadn't begun */ }
    }
    this.#sources.clear();
  }

  #schedule() {
    const ctx = context();
    for (const { at, audio } of this.#parts) {
      const skip = Math.max(0, this.#scheduled - at);
      if (skip >= audio.length) continue;
      if (this.#next < ctx.currentTime) { // it arrived late: what was silent is not counted as heard
        const late = ctx.currentTime + 0.02 - this.#next;
        this.#zero += late;
        this.#next += late;
      }
      const rest = skip ? audio.subarray(skip) : audio;
      const buffer = ctx.createBuffer(1, rest.length, RATE);
      buffer.copyToChannel(rest, 0);
      const source = ctx.createBufferSource();
      source.buffer = buffer;
      source.connect(ctx.destination);
      source.start(this.#next);
      source.onended = () => {
        this.#sources.delete(source);
        if (!this.#sources.size && this.#done && this.playing && this.#scheduled >= this.samples) this.#finish();
      };
      this.#sources.add(source);
      this.#next += rest.length / RATE;
      this.#scheduled = at + audio.length;
    }
    if (this.#done && !this.#sources.size && this.playing) this.#finish();
  }

  #finish() {
    this.playing = false;
    this.#from = this.duration;
    this.dispatchEvent(new Event("change"));
    this.dispatchEvent(new Event("ended"));
  }
}
