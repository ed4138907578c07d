// Cuts a text that is still being written into sentences that are ready to be spoken.

const END = /[.!?…]+["'”’)\]]*(?=\s)|\n+/g;
const SHORT = /(?:^|\s)(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|e\.g|i\.e|[A-Z])\.$/;

export class Sentences {
  #held = "";
  #at = 0;

  /** Take more of the text; returns the sentences that are complete: {text, at}. */
  push(text) {
    this.#held += text;
    const ready = [];
    let from = 0;
    END.lastIndex = 0;
    for (let found; (found = END.exec(this.#held)); ) {
      const to = found.index + found[0].length, piece = this.#held.slice(from, to);
      if (!/\w/.test(piece) || SHORT.test(piece)) continue;
      ready.push({ text: piece, at: this.#at + from });
      from = to;
    }
    this.#at += from;
    this.#held = this.#held.slice(from);
    return ready;
  }

  /** What is left at the end. */
  rest() {
    const text = this.#held;
    this.#held = "";
    return /\w/.test(text) ? [{ text, at: this.#at }] : [];
  }
}
