// A blind battle of texts: prompts, two answers, a vote.

import { post } from "./api.js";
import { Ballot, Offers, fault, keys, say } from "./arena.js";
import { ask, clear, enterSends } from "./arena_turns.js";
import { $, $$ } from "./dom.js";

let battle = "", running = null, over = false;

if ($("#ask")) {
  const offers = new Offers($$("#offers li").map((li) => li.textContent));
  const ballot = new Ballot(() => battle, finish, begin);

  function label() {
    $("#send span").textContent = battle ? "Ask both on" : "Send to both";
    $("#prompt-label").textContent = battle ? "Your next prompt" : "Your prompt";
  }

  function finish() {
    over = true;
    $("#ask").hidden = true;
  }

  function begin() {
    battle = "";
    over = false;
    clear();
    ballot.reset();
    fault(null);
    $("#judge").hidden = true;
    $("#ask").hidden = false;
    $("#turn-count").hidden = true;
    $("#prompt").value = "";
    label();
    $("#prompt").focus();
    say("A new battle.");
  }

  function suggest() {
    if (battle || running) return;
    $("#prompt").value = offers.next();
    $("#prompt").focus();
  }

  async function send() {
    const prompt = $("#prompt").value.trim();
    if (!prompt || running || over) return;
    fault(null);
    running = new AbortController();
    ballot.open = false;
    $("#send").disabled = true;
    $("#suggest").hidden = true;
    $("#stop").hidden = false;
    try {
      battle ||= (await post("/v1/arena/battles", { kind: "text", prompt })).id;
      const done = await ask(battle, prompt, running.signal);
      $("#prompt").value = "";
      $("#judge").hidden = false;
      ballot.open = done.votable;
      $("#turn-count").hidden = false;
      $("#turn-count").textContent = `Turn ${done.turns} of ${done.most}`;
      $("#ask").hidden = done.turns >= done.most;
      if (document.activeElement === $("#prompt") || document.activeElement === document.body) $("#ballot").scrollIntoView({ block: "nearest" });
    } catch (error) {
      if (error.name !== "AbortError") fault(error);
      if (!$("#turns-left").children.length) { battle = ""; $("#sides").hidden = true; }
      else ballot.open = true;
    } finally {
      running = null;
      $("#send").disabled = false;
      $("#stop").hidden = true;
      $("#suggest").hidden = battle !== "";
      label();
    }
  }

  $("#ask").addEventListener("submit", (event) => { event.preventDefault(); send(); });
  enterSends($("#ask"), $("#prompt"));
  $("#suggest").addEventListener("click", suggest);
  $("#stop").addEventListener("click", () => running?.abort());
  keys({
    a: () => ballot.vote("left"),
    b: () => ballot.vote("right"),
    t: () => ballot.vote("tie"),
    x: () => ballot.vote("both_bad"),
    n: () => { if (over) begin(); },
    p: () => $("#prompt").focus(),
    s: suggest,
    Escape: () => running?.abort(),
  });
}
