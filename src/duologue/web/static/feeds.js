// Private feeds: make an address, revoke one.

import { post, remove } from "./api.js";
import { $, $$, copy, toast } from "./dom.js";

$("#make").addEventListener("submit", async (event) => {
  event.preventDefault();
  $("#fault").hidden = true;
  try {
    const made = await post("/v1/studio/feeds", { kind: $("#kind").value, name: $("#name").value.trim() });
    $("#url").value = made.url;
    $("#made").hidden = false;
    $("#url").focus();
    $("#url").select();
  } catch (error) {
    $("#fault").textContent = error.message;
    $("#fault").hidden = false;
  }
});
$("#copy").addEventListener("click", () => copy($("#url").value));
for (const button of $$("[data-revoke]")) {
  button.addEventListener("click", async () => {
    try {
      await remove(`/v1/studio/feeds/${button.dataset.revoke}`);
      location.reload();
    } catch (error) {
      toast(error.message, "bad");
    }
  });
}
