// The desk without reloads: cases are opened and forms sent by fetch, and what changed is swapped in.
// All HTML that is put into the page was made and escaped by the server's templates.
"use strict";
window.desk = (() => {
  const root = document.getElementById("desk");
  const holder = document.getElementById("case");
  const queue = document.getElementById("queue");
  const words = JSON.parse(document.getElementById("desk-words").textContent);
  const shown = new Map(); // element id → the HTML that it was last filled with
  const MOST = 600; // lines in the page, before the oldest are left to be asked for again
  const KEPT = 300;
  const listeners = { opened: [], queue: [] };
  const filledBy = new Map(); // element id → the number of the form whose answer it was last filled with
  let sent = 0; // forms, in the order in which they leave
  let answers = 0; // to forms, that have come

  const chat = () => document.querySelector("[data-case]");
  const lines = () => document.getElementById("lines");
  const tell = (what) => { for (const listener of listeners[what]) listener(); };

  // Asking the server -------------------------------------------------------------------------------------
  class Refused extends Error {
    constructor(status) { super(String(status)); this.status = status; }
  }
  async function asked(address, options = {}) {
    const headers = { Accept: "application/json", ...options.headers };
    const answer = await fetch(address, { ...options, headers, cache: "no-store" });
    if (answer.status === 401) { location.reload(); throw new Refused(401); }
    if (answer.redirected && !answer.url.includes(address)) { location.assign(answer.url); throw new Refused(303); }
    if (!(answer.headers.get("Content-Type") || "").includes("json")) throw new Refused(answer.status);
    return answer.json();
  }

  let hush = 0;
  function say(text) {
    const toast = document.getElementById("toast");
    toast.textContent = text;
    clearTimeout(hush);
    hush = setTimeout(() => { toast.textContent = ""; }, 8000);
  }

  // Swapping ----------------------------------------------------------------------------------------------
  const fields = (within) => within.querySelectorAll("input[id]:not([type=hidden], [type=file]), textarea[id], select[id]");
  const isOn = (field) => field.type === "checkbox" || field.type === "radio";
  const touched = (field) => {
    if (field.matches("select")) return [...field.options].some((one) => one.selected !== one.defaultSelected) && field.selectedIndex > 0;
    return isOn(field) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
  };
  const nameOf = (details) => details.id || details.querySelector("summary")?.textContent.trim();

  // What a person has typed, opened or focused in a part outlives that part's new HTML; not in the form just sent.
  function remembered(target, sent) {
    const ours = (each) => !sent?.contains(each);
    const active = target.contains(document.activeElement) && document.activeElement.id ? document.activeElement : null;
    return {
      values: [...fields(target)].filter((field) => ours(field) && touched(field))
        .map((field) => [field.id, isOn(field) ? field.checked : field.value]),
      open: new Map([...target.querySelectorAll("details")].filter((each) => !sent || !each.contains(sent)).map((each) => [nameOf(each), each.open])),
      focus: active && { id: active.id, start: active.selectionStart, end: active.selectionEnd },
      top: target.scrollTop,
    };
  }
  function recall(target, kept) {
    for (const [id, value] of kept.values) {
      const field = target.querySelector(`#${CSS.escape(id)}`);
      if (field && isOn(field)) field.checked = value;
      else if (field) field.value = value;
    }
    for (const each of target.querySelectorAll("details")) each.open = kept.open.get(nameOf(each)) ?? each.open;
    target.scrollTop = kept.top;
    const field = kept.focus && target.querySelector(`#${CSS.escape(kept.focus.id)}`);
    if (!field) return;
    field.focus({ preventScroll: true });
    if (kept.focus.start !== null && field.setSelectionRange) try { field.setSelectionRange(kept.focus.start, kept.focus.end); } catch { /* a field without a caret */ }
  }
  function swap(id, html, sent) {
    const target = document.getElementById(id);
    if (!target || (shown.get(id) === html && !sent)) return;
    const kept = remembered(target, sent);
    target.innerHTML = html;
    shown.set(id, html);
    recall(target, kept);
    drafts(target);
  }

  // Lines -------------------------------------------------------------------------------------------------
  const atEnd = () => lines().scrollHeight - lines().scrollTop - lines().clientHeight < 80;
  let following = true; // the newest line is in sight, and is to stay so
  const room = new ResizeObserver(() => { if (following) toEnd(); });
  const below = (hidden) => { const note = document.querySelector(".new-below"); if (note) note.hidden = hidden; };
  function toEnd() { following = true; if (lines()) lines().scrollTop = lines().scrollHeight; below(true); }
  const at = (seq) => lines().querySelector(`[data-seq="${CSS.escape(seq)}"]`);
  function mark(told) {
    for (const [seq, mark] of Object.entries(told.marks)) {
      const line = at(seq);
      line?.classList.toggle("lost", mark === "failed");
      for (const [name, means] of [[".got", "delivered"], [".lost-mark", "failed"]]) {
        const sign = line?.querySelector(name);
        if (sign) sign.hidden = mark !== means;
      }
    }
    for (const [seq, change] of Object.entries(told.changed)) {
      at(seq)?.querySelector(change === "deleted" ? ".taken-back" : ".changed")?.removeAttribute("hidden");
    }
  }
  function append(told) {
    const list = lines();
    if (!list || told.after < Number(chat().dataset.after)) return;
    const stay = !following;
    const come = document.createElement("template");
    come.innerHTML = told.lines;
    let between = null; // a line without a number belongs to the next one
    for (const line of [...come.content.children]) {
      if (!line.dataset.seq) { between = line; continue; }
      if (!at(line.dataset.seq)) list.append(...(between ? [between, line] : [line]));
      between = null;
    }
    mark(told);
    chat().dataset.after = told.after;
    if (told.lines.trim() && stay) below(false);
    else if (!stay) { trim(); toEnd(); }
  }

  // The page holds some hundreds of lines, whatever the length of the chat and of the day.
  const older = () => lines().querySelector(".older");
  function trim() {
    const all = [...lines().querySelectorAll("[data-seq]")];
    if (all.length <= MOST) return;
    const keep = all[all.length - KEPT];
    while (older().nextElementSibling !== keep) older().nextElementSibling.remove();
    older().hidden = false;
    older().firstElementChild.dataset.earlier = keep.dataset.seq;
  }
  async function earlier() {
    const list = lines();
    const button = older().firstElementChild;
    try {
      const told = await asked(`/desk/cases/${chat().dataset.case}/lines?before=${button.dataset.earlier}`);
      if (list !== lines()) return; // another case was opened meanwhile
      const height = list.scrollHeight;
      list.setAttribute("aria-busy", "true"); // old lines are not read out as news
      older().insertAdjacentHTML("afterend", told.lines);
      list.scrollTop += list.scrollHeight - height;
      button.dataset.earlier = told.earlier ?? "";
      older().hidden = told.earlier === null;
      list.setAttribute("aria-busy", "false");
    } catch (error) {
      say(error.status ? words.refused : words.offline);
    }
  }

  // What an answer of the server brings: parts by id, and of a case its state and new lines. Answers may overtake
  // each other: what the answer to a later form has filled is left as it is.
  function take(told, form, number = Infinity) {
    if (told.gone) { close(); tell("queue"); return; }
    if (told.case && told.case !== chat()?.dataset.case) return; // another case was opened meanwhile
    const parts = Object.entries(told.fragments || {});
    const timely = parts.filter(([id]) => number >= (filledBy.get(id) ?? 0));
    for (const [id, html] of timely) {
      swap(id, html, form);
      if (form) filledBy.set(id, number);
    }
    if (told.open) { open(told.open); return; }
    if (!told.case) return;
    append(told);
    if (timely.length === parts.length) chat().dataset.state = told.state;
  }

  // Forms -------------------------------------------------------------------------------------------------
  async function send(form, submitter) {
    if (form.dataset.busy) return;
    form.dataset.busy = "1";
    const number = ++sent;
    const data = new FormData(form, submitter);
    const body = form.enctype === "multipart/form-data" ? data : new URLSearchParams(data);
    const headers = chat() ? { "X-After": chat().dataset.after } : {};
    try {
      const told = await asked(form.getAttribute("action"), { method: "POST", body, headers });
      answers += 1;
      if (!told.problem) { done(form); following = true; }
      take(told, form, number);
      if (told.problem) document.querySelector("#compose [role=alert]")?.scrollIntoView({ block: "nearest" });
      tell("queue");
    } catch (error) {
      say(error.status ? words.refused : words.offline);
    } finally {
      delete form.dataset.busy;
    }
  }
  function done(form) {
    for (const field of form.querySelectorAll("[data-draft]")) sessionStorage.removeItem(`draft:${field.dataset.draft}`);
    form.reset();
    form.closest("details")?.removeAttribute("open");
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || !root.contains(form)) return;
    event.preventDefault();
    send(form, event.submitter);
  });

  // What is being written outlives a look at another case, and a reload.
  function drafts(within) {
    for (const field of within.querySelectorAll("[data-draft]")) {
      if (!field.value) field.value = sessionStorage.getItem(`draft:${field.dataset.draft}`) || "";
    }
  }
  document.addEventListener("input", ({ target }) => {
    if (target.dataset?.draft) sessionStorage.setItem(`draft:${target.dataset.draft}`, target.value);
  });

  // Going from case to case -------------------------------------------------------------------------------
  const caseOf = (path) => /^\/desk\/cases\/([^/]+)$/.exec(path)?.[1] ?? null;
  let wanted = 0;
  function markCurrent() {
    for (const each of queue.querySelectorAll(".ticket")) {
      if (caseOf(each.pathname) === (chat()?.dataset.case ?? "")) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    }
  }
  function fill(html) {
    holder.innerHTML = html;
    shown.clear();
    root.classList.toggle("has-case", Boolean(chat()));
    markCurrent();
    const back = document.querySelector("form[action='/staff/language'] [name=back]");
    if (back) back.value = location.pathname;
    begin();
    tell("opened");
  }
  async function open(id, push = true) {
    const mine = ++wanted;
    try {
      const told = await asked(`/desk/cases/${id}`);
      if (mine !== wanted) return;
      if (push) history.pushState(null, "", `/desk/cases/${id}${location.search}`);
      fill(told.html);
      document.getElementById("main").focus({ preventScroll: true });
    } catch (error) {
      if (mine === wanted) say(error.status ? words.gone : words.offline);
    }
  }
  function close(push = true) {
    wanted += 1;
    if (push) history.pushState(null, "", `/desk${location.search}`);
    fill(document.getElementById("nothing").innerHTML);
  }
  window.addEventListener("popstate", () => {
    const id = caseOf(location.pathname);
    if (id) open(id, false); else close(false);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.ticket, a.to-queue, a[data-open]");
    if (event.target.closest?.(".new-below")) toEnd();
    if (event.target.closest?.("[data-earlier]")) earlier();
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const id = caseOf(link.pathname);
    if (id) open(id); else close();
  });

  async function load(part) {
    const closed = part.closest("details:not([open])");
    if (closed) { closed.addEventListener("toggle", () => load(part), { once: true }); return; }
    try { take(await asked(part.dataset.load)); } catch { /* its link is there */ }
  }
  function begin() {
    if (!chat()) return;
    for (const part of holder.querySelectorAll("[data-load]")) load(part);
    drafts(holder);
    toEnd();
    const list = lines();
    room.disconnect();
    room.observe(list);
    list.addEventListener("scroll", () => {
      if (list !== lines()) return; // a scroll is told late, also of a case that was left
      following = atEnd();
      if (following) below(true);
    }, { passive: true });
  }
  begin();

  return {
    root, queue, words, chat, asked, take, swap, say, open, close, tell, markCurrent,
    answers: () => answers,
    on: (what, listener) => listeners[what].push(listener),
  };
})();
