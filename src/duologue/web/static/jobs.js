// Jobs as they go: their events, and a card that shows them.

import { call, events, post, remove } from "./api.js";
import { $, clock, make, toast } from "./dom.js";

const STEPS = {
  daily: ["reading", "writing", "speaking", "encoding"],
  podcast: ["writing", "speaking", "encoding"],
  expression: ["writing", "speaking", "encoding"],
  render: ["speaking", "encoding"],
};
const SAID = { reading: "reading the sources", writing: "writing the script", speaking: "speaking", mixing: "mixing", encoding: "putting it together" };
const STATES = { queued: "", running: "one", done: "good", failed: "bad", cancelled: "", interrupted: "warn" };

export const over = (job) => !["queued", "running"].includes(job.state);
export const said = (stage) => SAID[stage] ?? stage;

/** Listen to a job until it has ended; `tell` is called with each of its states. Tries again when cut off. */
export async function listen(id, tell) {
  for (let wait = 500; ; wait = Math.min(wait * 2, 8000)) {
    try {
      let last = null;
      for await (const { event, data } of events(await call("GET", `/v1/studio/jobs/${id}/events`))) {
        if (event !== "job") continue;
        last = data;
        wait = 500;
        tell(data);
      }
      if (last && over(last)) return last;
    } catch (error) {
      if (error.status === 404 || error.status === 401) throw error;
    }
    await new Promise((later) => setTimeout(later, wait));
  }
}

/** A card for `job`; `ended` is called when it is done. */
export function card(job, ended) {
  const element = $("#job").content.firstElementChild.cloneNode(true);
  element.dataset.job = job.id;
  update(element, job, ended);
  if (!over(job)) follow(element, job, ended);
  return element;
}

function follow(element, job, ended) {
  listen(job.id, (now) => update(element, now, ended)).then((last) => { if (last.state === "done") ended?.(last); }).catch((error) => toast(error.message, "bad"));
}

function update(element, job, ended) {
  $("h3", element).textContent = job.title;
  const badge = $(".badge", element);
  badge.className = `badge ${STATES[job.state]}`;
  badge.textContent = job.state === "queued" && job.ahead ? `waiting, ${job.ahead} before it` : job.state;
  const steps = STEPS[job.kind], at = steps.indexOf(job.stage === "mixing" ? "encoding" : job.stage);
  $(".steps", element).replaceChildren(...steps.map((step, i) => make("li", {
    class: job.state === "done" || (at >= 0 && i < at) ? "past" : i === at && job.state === "running" ? "now" : "",
    "aria-current": i === at && job.state === "running" ? "step" : null,
  }, SAID[step])));
  const bar = $("progress", element);
  bar.value = job.share;
  bar.setAttribute("aria-label", `${job.title}: ${Math.round(job.share * 100)} %`);
  bar.parentElement.hidden = over(job);
  $(".left", element).textContent = job.left ? `about ${clock(Math.ceil(job.left))} left` : "";
  $(".fault", element).hidden = !job.error;
  $(".fault", element).textContent = job.error;
  $(".notices", element).hidden = !job.notices.length;
  $(".notices", element).replaceChildren(...job.notices.slice(0, 8).map((line) => make("li", {}, line)));
  const buttons = [];
  if (!over(job)) buttons.push(make("button", { class: "button small", type: "button", onclick: () => act("cancel") }, "Cancel"));
  else {
    if (job.state !== "done") buttons.push(make("button", { class: "button small primary", type: "button", onclick: () => act("again") }, job.state === "interrupted" ? "Go on" : "Try again"));
    if (job.episode && job.state === "done") buttons.push(make("a", { class: "button small primary", href: `/studio/episodes/${job.episode}` }, "Open"));
    buttons.push(make("button", { class: "button small quiet", type: "button", onclick: () => act("forget") }, "Dismiss"));
  }
  const kept = buttons.map((b) => b.textContent).join();
  if ($(".buttons", element).dataset.kept !== kept) {
    $(".buttons", element).dataset.kept = kept;
    $(".buttons", element).replaceChildren(...buttons);
  }

  async function act(what) {
    try {
      if (what === "forget") {
        await remove(`/v1/studio/jobs/${job.id}`);
        element.dispatchEvent(new CustomEvent("dismissed", { bubbles: true }));
        element.remove();
      } else {
        const now = await post(`/v1/studio/jobs/${job.id}/${what}`);
        update(element, now, ended);
        if (what === "again") follow(element, now, ended);
      }
    } catch (error) {
      toast(error.message, "bad");
    }
  }
}
