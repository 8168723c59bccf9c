// Keeps the desk live and adds keys; every page works without it.
"use strict";
(() => {
  const POLL = 2000;
  const SLOWEST = 30000;
  document.documentElement.classList.add("js");

  for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
    form.addEventListener("change", () => form.requestSubmit());
  }

  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post" || event.target.action.endsWith("/export")) return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });

  const queue = document.getElementById("queue");
  const chat = document.querySelector("[data-case]");
  const lines = document.getElementById("lines");
  const below = document.querySelector(".new-below");
  const draft = document.querySelector("[data-draft]");

  const atEnd = () => lines.scrollHeight - lines.scrollTop - lines.clientHeight < 80;
  const toEnd = () => { lines.scrollTop = lines.scrollHeight; below.hidden = true; };

  if (lines) {
    toEnd();
    below.querySelector("button").addEventListener("click", toEnd);
    lines.addEventListener("scroll", () => { if (atEnd()) below.hidden = true; });
  }

  if (draft) {
    const key = "draft:" + draft.dataset.draft;
    if (!draft.value) draft.value = sessionStorage.getItem(key) || "";
    draft.addEventListener("input", () => sessionStorage.setItem(key, draft.value));
    draft.form.addEventListener("submit", () => sessionStorage.removeItem(key));
  }

  async function fetched(address) {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (answer.status === 401) location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    return answer;
  }

  async function refreshQueue() {
    const html = await (await fetched(queue.dataset.live)).text();
    if (html === queue.dataset.shown) return;
    const focused = document.activeElement && queue.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    queue.innerHTML = html; // made and escaped by the server's templates
    queue.dataset.shown = html;
    if (focused) queue.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
    const waiting = queue.querySelectorAll(".ticket:not(:has(.badge))").length;
    document.title = (waiting ? `(${waiting}) ` : "") + queue.dataset.title;
  }

  async function refreshChat() {
    const news = await (await fetched(`/desk/cases/${chat.dataset.case}/news?after=${chat.dataset.after}`)).json();
    if (news.after > Number(chat.dataset.after)) {
      const stay = !atEnd();
      lines.insertAdjacentHTML("beforeend", news.html);
      chat.dataset.after = news.after;
      document.querySelector(".facts-pane").innerHTML = news.card; // made and escaped by the server's templates
      for (const seq of news.delivered) lines.querySelector(`[data-seq="${Number(seq)}"] .got`)?.removeAttribute("hidden");
      if (stay) below.hidden = !news.html.trim(); else toEnd();
    }
    if (news.state !== chat.dataset.state) location.reload();
  }

  async function poll(refresh, wait) {
    let next = POLL;
    try {
      if (!document.hidden || refresh === refreshQueue) await refresh();
    } catch {
      next = Math.min(wait * 2, SLOWEST);
    }
    setTimeout(poll, next, refresh, next);
  }
  if (queue) setTimeout(poll, POLL, refreshQueue, POLL);
  if (chat) setTimeout(poll, POLL / 2, refreshChat, POLL);

  const typing = (target) => target.matches("input, textarea, select");

  function move(step) {
    const cases = [...queue.querySelectorAll(".ticket")];
    const here = cases.findIndex((one) => one === document.activeElement || one.hasAttribute("aria-current"));
    cases[Math.max(0, Math.min(cases.length - 1, here + step))]?.focus();
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.form && event.target.matches("textarea")) {
      event.target.form.requestSubmit();
      return;
    }
    if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
    if (!queue || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j" || event.key === "k") { move(event.key === "j" ? 1 : -1); event.preventDefault(); }
    const target = /^[a-z]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.matches("textarea")) target.focus(); else target.click();
  });
})();
