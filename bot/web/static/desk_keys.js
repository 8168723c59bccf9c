// The desk by keyboard: every element with data-key="x" is reached by x; `?` shows them all.
"use strict";
(() => {
  const { desk } = window;
  const { queue } = desk;
  const dialog = document.getElementById("keys");
  const typing = (target) => target.matches?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");

  function move(step) {
    const cases = [...queue.querySelectorAll(".ticket")];
    const here = cases.findIndex((one) => one === document.activeElement);
    const from = here >= 0 ? here : cases.findIndex((one) => one.hasAttribute("aria-current"));
    cases[Math.max(0, Math.min(cases.length - 1, from + step))]?.focus();
  }
  function reach(target) {
    if (target.matches("summary")) {
      const details = target.parentElement;
      details.open = !details.open;
      (details.open ? details.querySelector("textarea, select, input:not([type=hidden])") ?? target : target).focus();
      return;
    }
    const details = target.closest("details");
    if (details) details.open = true;
    if (target.matches("input[type=radio]")) target.click();
    else if (typing(target) || target.tabIndex === 0 && !target.matches("a, button")) target.focus();
    else target.click();
  }
  document.getElementById("show-keys").addEventListener("click", () => dialog.showModal());
  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (event.isComposing || dialog.open) return;
    if ((event.ctrlKey || event.metaKey) && key === "Enter" && target.matches?.("textarea") && target.form) {
      target.form.requestSubmit();
      return;
    }
    if (key === "Escape" && typing(target)) { target.blur(); return; }
    if (typing(target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "j" || key === "k") { move(key === "j" ? 1 : -1); event.preventDefault(); return; }
    const named = key.length === 1 && document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!named || !document.body.contains(named)) return;
    event.preventDefault();
    reach(named);
  });
})();
