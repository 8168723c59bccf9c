// Keeps the supervisor's page live: asked again when a queue changes, and now and then for the clocks on it.
"use strict";
(() => {
  const part = document.getElementById("team");
  const CLOCK = 30000;
  const LEAST = 2000; // between two looks, however much happens
  let busy = false;
  let again = false;
  let shown = "";

  const typed = () => [...part.querySelectorAll("input:not([type=hidden])")].some((field) => field.value) || part.contains(document.activeElement) && document.activeElement.matches("input, button, a");

  async function look() {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(part.dataset.load, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (answer.status === 401) location.reload();
      if (answer.ok && !typed()) {
        const html = (await answer.json()).fragments.team; // made and escaped by the server's templates
        if (html !== shown) {
          const open = [...part.querySelectorAll("details[open]")].map((one) => one.id);
          part.innerHTML = html;
          for (const id of open) document.getElementById(id)?.setAttribute("open", "");
          shown = html;
        }
      }
    } catch { /* the next look comes */ }
    setTimeout(() => { busy = false; if (again) { again = false; look(); } }, LEAST);
  }

  const stream = new EventSource("/desk/stream");
  stream.addEventListener("queue", look);
  stream.addEventListener("signed_out", () => location.reload());
  setInterval(() => { if (!document.hidden) look(); }, CLOCK);
  window.addEventListener("pagehide", () => stream.close());
})();
