// Speaks sentences one after the other while more are still coming; tells which one is heard.

import { speech } from "./api.js";
import { Player, context } from "./player.js";

export class Speaker {
  #queue = []; #running = false; #ended = false; #stop = new AbortController(); #marks = [];
  player = new Player();

  /** onmark: told the sentence that is heard, null at the end; onfault: told what went wrong. */
  constructor(voice, onmark, onfault) {
    this.voice = voice;
    this.onmark = onmark;
    this.onfault = onfault;
    context();
    this.player.play(0);
    this.player.addEventListener("ended", () => this.onmark(null));
    const watch = () => {
      if (this.#stop.signal.aborted) return;
      const now = this.player.time, mark = this.#marks.findLast((m) => m.from <= now);
      if (mark && mark !== this.lit && this.player.playing) { this.lit = mark; this.onmark(mark.sentence); }
      if (!this.#ended || this.player.playing) requestAnimationFrame(watch);
    };
    requestAnimationFrame(watch);
  }

  say(sentences) {
    this.#queue.push(...sentences);
    this.#work();
  }

  /** Nothing more will come. */
  end() {
    this.#ended = true;
    this.#work();
  }

  stop() {
    this.#stop.abort();
    this.player.end();
    this.player.stop();
    this.onmark(null);
  }

  async #work() {
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#queue.length) {
        const sentence = this.#queue.shift();
        this.#marks.push({ from: this.player.duration, sentence });
        for await (const piece of speech({ input: sentence.text, voice: this.voice }, this.#stop.signal)) {
          if (piece.audio) this.player.push(piece.audio);
        }
      }
    } catch (error) {
      if (error.name !== "AbortError") this.onfault(error);
      this.#queue = [];
      this.player.end();
    }
    this.#running = false;
    if (this.#ended) this.player.end();
  }
}
