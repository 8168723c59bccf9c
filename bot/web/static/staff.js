// What every staff page does; each works without it.
"use strict";
(() => {
  document.documentElement.classList.add("js");

  for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
    form.addEventListener("change", () => form.requestSubmit());
  }

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // A form is sent once, however often its button is pressed. The desk sends its own.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post" || event.target.action.endsWith("/export") || event.target.closest("#desk")) return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });
})();
