// A text whose words light up as they are said. Words carry their offsets in the text and their times.

import { make } from "./dom.js";

/** A text as it is read: without the marks that only the voice understands. */
const read = (text) => text.replace(/\[pause:[^[\]\n]*\]|\]\(\/[^()\n]*\/\)|\[$/g, "").replace(/\[(?=[^[\]\n]+\]\(\/)/g, "");
const untagged = (text) => text.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

export class Words {
  #place; #text = ""; #clean = read; #at = 0; #words = []; #lit = null;

  constructor(place, onseek) {
    this.#place = place;
    place.addEventListener("click", (event) => {
      const span = event.target.closest("[data-s]");
      if (span) onseek?.(Number(span.dataset.s));
    });
  }

  /** A new text, no word of it said yet. ssml: whether its tags are to be left out. */
  begin(text, ssml = false) {
    this.#text = text;
    this.#clean = ssml ? untagged : read;
    this.#at = 0;
    this.#words = [];
    this.#lit = null;
    this.#place.replaceChildren(make("span", { class: "rest" }, this.#clean(text)));
  }

  /** Words that became known; times in seconds of the whole. */
  add(words) {
    const rest = this.#place.lastElementChild;
    for (const word of words) {
      if (word.char_start < this.#at) continue;
      rest.before(this.#clean(this.#text.slice(this.#at, word.char_start)));
      const span = make("span", { class: "word", "data-s": word.start }, this.#text.slice(word.char_start, word.char_end));
      rest.before(span);
      this.#words.push({ start: word.start, end: word.end, span });
      this.#at = word.char_end;
    }
    rest.textContent = this.#clean(this.#text.slice(this.#at));
  }

  /** Light the word that is said at `seconds`; none where it is negative. */
  show(seconds) {
    let low = 0, high = this.#words.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#words[middle].start <= seconds) low = middle + 1;
      else high = middle;
    }
    const word = this.#words[low - 1];
    const span = word && seconds >= 0 && seconds < word.end + 0.25 ? word.span : null;
    if (span === this.#lit) return;
    this.#lit?.classList.remove("lit");
    span?.classList.add("lit");
    this.#lit = span;
  }
}
