// The studio's front page: jobs under way and those that ended without an episode, then the episodes.

import { get } from "./api.js";
import { $ } from "./dom.js";
import { card, over, said } from "./jobs.js";

const watched = new URLSearchParams(location.search).get("job");

function ended(job) {
  $("#told").textContent = `${job.title} is done.`;
  if (job.id === watched && job.episode) location.assign(`/studio/episodes/${job.episode}`);
  else if (job.state === "done") location.reload();
}

const { data } = await get("/v1/studio/jobs");
const shown = data.filter((job) => job.kind !== "render" && (!over(job) || job.state !== "done" || job.id === watched)).slice(0, 12);
$("#jobs-section").hidden = !shown.length;
for (const job of shown) {
  const element = card(job, ended);
  $("#jobs").append(element);
  if (job.id === watched) {
    element.tabIndex = -1;
    element.focus();
    if (job.state === "done" && job.episode) location.replace(`/studio/episodes/${job.episode}`);
    else $("#told").textContent = `${job.title}: ${job.stage ? said(job.stage) : job.state}.`;
  }
}
$("#jobs").addEventListener("dismissed", () => { if ($("#jobs").children.length <= 1) $("#jobs-section").hidden = true; });
