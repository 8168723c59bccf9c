// Writing at the desk: what the check finds while typing, replies by "/", a file that outlives a question, mentions.
// All HTML that is put into the page was made and escaped by the server's templates.
"use strict";
(() => {
  const desk = window.desk;
  const $ = (id) => document.getElementById(id);
  const PAUSE = 450; // ms without a key before the draft is checked
  const ASK_AGAIN = 30000;

  // The check while typing: only the newest answer counts, and nothing of the draft is kept anywhere.
  let waiting = 0;
  let asked = 0;
  async function check(field) {
    const mine = ++asked;
    const form = field.form;
    const body = new URLSearchParams({ csrf: form.elements.csrf.value, text: field.value });
    try {
      const told = field.value.trim() ? await desk.asked(field.dataset.check, { method: "POST", body }) : { html: "", verdict: "pass" };
      const shown = $("check");
      if (mine !== asked || !shown || !field.isConnected) return;
      if (shown.dataset.html !== told.html) shown.innerHTML = told.html;
      shown.dataset.html = told.html;
      shown.className = `check ${told.verdict}`;
    } catch { /* what could not be checked now is checked when it is sent */ }
  }
  document.addEventListener("input", ({ target }) => {
    if (!target.dataset?.check) return;
    clearTimeout(waiting);
    waiting = setTimeout(check, PAUSE, target);
  });

  // Replies ------------------------------------------------------------------------------------------------
  let replies = [];
  let shown = [];
  let at = -1;
  const account = () => $("replies-account")?.value ?? "";
  const from = (path = "") => `${$("replies").dataset.from}${path}?account=${encodeURIComponent(account())}`;

  async function openReplies() {
    if (!$("replies")) return;
    $("replies").hidden = false;
    $("replies-open").setAttribute("aria-expanded", "true");
    $("replies-search").value = "";
    $("replies-search").focus();
    await loadReplies();
  }
  async function loadReplies() {
    try { replies = (await desk.asked(from())).replies; } catch { replies = []; }
    list();
  }
  function closeReplies() {
    if (!$("replies") || $("replies").hidden) return;
    $("replies").hidden = true;
    $("replies-open").setAttribute("aria-expanded", "false");
    $("answer")?.focus();
  }
  function option(reply, place) {
    const made = document.createElement("li");
    made.id = `reply-${place}`;
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", String(place === at));
    if (reply.why) made.setAttribute("aria-disabled", "true");
    made.dataset.place = place;
    const title = document.createElement("strong");
    title.textContent = reply.title;
    const text = document.createElement("span");
    text.textContent = reply.why || reply.text;
    text.dir = "auto";
    if (reply.lang) text.lang = reply.lang.replace("_", "-");
    made.append(title, text);
    return made;
  }
  function list() {
    if (!$("replies")) return;
    const words = $("replies-search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (reply) => words.every((word) => `${reply.id} ${reply.title} ${reply.text}`.toLowerCase().includes(word));
    shown = replies.filter(fits).sort((one, other) => Number(Boolean(one.why)) - Number(Boolean(other.why)));
    at = shown.length ? 0 : -1;
    draw();
  }
  function draw() {
    const box = $("replies-list");
    box.replaceChildren(...shown.map(option));
    if (!shown.length) {
      const none = document.createElement("li");
      none.className = "muted";
      none.textContent = $("replies").dataset.none;
      box.append(none);
    }
    $("replies-search").setAttribute("aria-activedescendant", at < 0 ? "" : `reply-${at}`);
    $(`reply-${at}`)?.scrollIntoView({ block: "nearest" });
  }
  async function insert(place) {
    const reply = shown[place];
    if (!reply || reply.why) return;
    let filled;
    try { filled = await desk.asked(from(`/${reply.id}`)); } catch { return; } // the values of this very moment
    if (filled.why) { await loadReplies(); return; }
    const field = $("answer");
    closeReplies();
    const before = field.value.slice(0, field.selectionStart);
    const gap = before && !/\s$/.test(before) ? " " : "";
    field.setRangeText(gap + filled.text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.id === "answer" && key === "/" && /(^|\s)$/.test(target.value.slice(0, target.selectionStart))) {
      event.preventDefault();
      openReplies();
    } else if ($("replies")?.contains(target) && key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      closeReplies();
    } else if (target.id === "replies-search" && ["ArrowDown", "ArrowUp", "Enter"].includes(key)) {
      event.preventDefault();
      if (key === "Enter") { insert(at); return; }
      at = Math.max(0, Math.min(shown.length - 1, at + (key === "ArrowDown" ? 1 : -1)));
      draw();
    }
  }, true);
  document.addEventListener("input", ({ target }) => { if (target.id === "replies-search") list(); });
  document.addEventListener("change", ({ target }) => { if (target.id === "replies-account") loadReplies(); });
  document.addEventListener("click", ({ target }) => {
    if (target.closest?.("#replies-open")) { if ($("replies").hidden) openReplies(); else closeReplies(); }
    const picked = target.closest?.("#replies-list [data-place]");
    if (picked) insert(Number(picked.dataset.place));
  });

  // A chosen file outlives the question about it: the form is drawn anew, the file is put back.
  let chosen = null;
  document.addEventListener("submit", ({ target }) => {
    if (target.dataset?.attach) chosen = { chat: target.dataset.attach, files: target.elements.file.files };
  }, true);
  const again = new MutationObserver(() => {
    const field = $("attachment");
    if (!chosen || !field || field.files.length || field.form.dataset.attach !== chosen.chat) return;
    if (field.form.querySelector("[name=sure]")) field.files = chosen.files;
    else if (!$("compose")?.querySelector("[role=alert]")) chosen = null;
  });
  again.observe(desk.root, { childList: true, subtree: true });

  // Mentions -----------------------------------------------------------------------------------------------
  let counted = 0;
  async function count() {
    if (document.hidden || Date.now() - counted < ASK_AGAIN / 3) return;
    counted = Date.now();
    try {
      const { unread } = await desk.asked("/desk/mentions/count");
      const badge = $("mentions-unread");
      badge.textContent = unread || "";
      badge.title = unread ? `${unread} ${badge.dataset.say}` : "";
    } catch { /* asked again in a while */ }
  }
  count();
  setInterval(count, ASK_AGAIN);
  desk.on("queue", count);
})();
