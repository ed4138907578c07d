// What all battles share: faults, keys, the vote and what comes after it.

import { post } from "./api.js";
import { $, $$, toast } from "./dom.js";

const KEYS = "duologue-arena-keys";

export const letters = { left: "A", right: "B" };

/** Something for screen readers; the same words twice are said twice. */
export function say(text) {
  const place = $("#said");
  place.textContent = "";
  requestAnimationFrame(() => { place.textContent = text; });
}

export function fault(error) {
  const line = $("#fault");
  line.hidden = !error;
  line.textContent = error ? error.message || String(error) : "";
}

/** Single keys, off while somebody writes, with a modifier, or when switched off. */
export function keys(table) {
  const box = $("#keys-on");
  try { box.checked = localStorage.getItem(KEYS) !== "off"; } catch { /* no storage */ }
  box.addEventListener("change", () => {
    try { localStorage.setItem(KEYS, box.checked ? "on" : "off"); } catch { /* no storage */ }
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    const field = event.target.closest?.("textarea, select, input:not([type=checkbox])");
    if (event.key === "Escape") { field?.blur(); table.Escape?.(); return; }
    if (field || !box.checked) return;
    const act = table[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** The ballot of a page. battle(): the id. Calls `after` when the names are known. */
export class Ballot {
  constructor(battle, after, begin) {
    this.battle = battle;
    this.after = after;
    this.busy = false;
    for (const button of $$("[data-vote]")) button.addEventListener("click", () => this.vote(button.dataset.vote));
    $("#next").addEventListener("click", begin);
  }

  get open() { return !$("[data-vote]").disabled; }

  set open(value) {
    for (const button of $$("[data-vote]")) button.disabled = !value;
  }

  /** Begin anew: no names, no vote. */
  reset() {
    this.open = false;
    this.busy = false;
    $("#ballot").hidden = false;
    $("#reveal").hidden = true;
    for (const button of $$("[data-vote]")) button.removeAttribute("aria-pressed");
  }

  async vote(winner) {
    if (!this.open || this.busy) return;
    this.busy = true;
    this.open = false;
    fault(null);
    try {
      const told = await post(`/v1/arena/battles/${this.battle()}/vote`, { winner, consent: $("#consent").checked });
      this.show(winner, told);
      this.after(told);
    } catch (error) {
      this.open = true;
      fault(error);
    } finally {
      this.busy = false;
    }
  }

  show(winner, told) {
    for (const side of ["left", "right"]) {
      $(`#name-${side}`).textContent = told[side].name;
      $(`#fact-${side}`).textContent = told[side].fact ?? "";
      for (const place of $$(`.side.${side}`)) place.classList.toggle("won", winner === side);
    }
    const words = { left: "You found A better.", right: "You found B better.", tie: "You found both good.", both_bad: "You found both bad." };
    $("#verdict").textContent = told.counted ? words[winner] : `${words[winner]} ${told.note}`;
    $("#ballot").hidden = true;
    $("#reveal").hidden = false;
    $("#reveal").focus();
    say(`A was ${told.left.name}, B was ${told.right.name}. ${told.counted ? "" : told.note}`);
    if (told.counted) toast("Counted");
  }
}

/** Prompts in a random order, each once before one comes again. */
export class Offers {
  #all;
  #left = [];

  constructor(all) { this.#all = all; }

  next() {
    if (!this.#left.length) this.#left = [...this.#all].sort(() => Math.random() - 0.5);
    return this.#left.pop() ?? "";
  }
}
