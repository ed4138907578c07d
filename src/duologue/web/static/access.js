// Keys: copy a new one, ask before one is revoked.

import { $, $$, copy } from "./dom.js";

$("#copy")?.addEventListener("click", () => copy($("#secret").textContent));
for (const form of $$("form[data-confirm]")) {
  form.addEventListener("submit", (event) => { if (!confirm(form.dataset.confirm)) event.preventDefault(); });
}
