// Two answers side by side, as they are written: used by blind battles and with names alike.

import { call, events } from "./api.js";
import { $, make } from "./dom.js";
import { say } from "./arena.js";

/** A place for one turn of one side. */
function place(side, prompt) {
  const body = make("div", { class: "body writing" });
  const turn = make("article", { class: "turn" }, make("p", { class: "asked soft small" }, prompt), body);
  $(`#turns-${side}`).append(turn);
  return body;
}

/** Ask both; resolves with what the last event says. Throws what went wrong, leaving no half turn behind. */
export async function ask(battle, prompt, signal) {
  const bodies = { left: place("left", prompt), right: place("right", prompt) };
  $("#sides").hidden = false;
  for (const side of ["left", "right"]) $(`#turns-${side}`).setAttribute("aria-busy", "true");
  say("Both are writing.");
  let done = null;
  try {
    const response = await call("POST", `/v1/arena/battles/${battle}/turns`, { prompt }, { signal });
    for await (const { event, data } of events(response)) {
      if (event === "piece") bodies[data.side].append(data.text);
      else if (event === "ended") bodies[data.side].classList.remove("writing");
      else if (event === "done") done = data;
    }
    if (!done) throw new Error("The answers broke off. Try again.");
    say(`Both answers are complete. A: ${bodies.left.textContent} B: ${bodies.right.textContent}`);
    return done;
  } catch (error) {
    for (const side of ["left", "right"]) bodies[side].closest(".turn").remove();
    throw error;
  } finally {
    for (const side of ["left", "right"]) {
      bodies[side].classList.remove("writing");
      $(`#turns-${side}`).removeAttribute("aria-busy");
    }
  }
}

export function clear() {
  for (const side of ["left", "right"]) {
    $(`#turns-${side}`)?.replaceChildren();
    document.querySelector(`.side.${side}`)?.classList.remove("won");
  }
  $("#sides").hidden = true;
}

/** Enter sends, Shift+Enter doesn't. */
export function enterSends(form, area) {
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
  });
}

