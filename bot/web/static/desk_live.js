// What comes while the desk is open: a changed queue, news in the case that is shown.
"use strict";
(() => {
  const { desk } = window;
  const POLL = 2000;
  const SLOWEST = 30000;

  async function refreshQueue() {
    const { queue } = desk;
    const answer = await fetch(`/desk/queue?selected=${desk.chat()?.dataset.case ?? ""}`, { headers: { Accept: "application/json" } });
    if (answer.status === 401) location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    const focused = queue.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    desk.swap("queue", await answer.text());
    if (focused) queue.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
    const waiting = queue.querySelectorAll(".ticket:not(:has(.badge))").length;
    document.title = (waiting ? `(${waiting}) ` : "") + queue.dataset.title;
  }

  async function refreshCase() {
    const chat = desk.chat();
    if (!chat) return;
    const query = new URLSearchParams({ after: chat.dataset.after, state: chat.dataset.state });
    desk.take(await desk.asked(`/desk/cases/${chat.dataset.case}/news?${query}`));
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
  desk.on("queue", () => refreshQueue().catch(() => {}));
  setTimeout(poll, POLL, refreshQueue, POLL);
  setTimeout(poll, POLL / 2, refreshCase, POLL);
})();
