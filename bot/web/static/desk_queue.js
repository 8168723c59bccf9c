// The queue's pane: fetched anew when the stream says so, its filter kept in the address, its clocks running on.
"use strict";
(() => {
  const { desk } = window;
  const { queue, words } = desk;
  const filter = document.getElementById("queue-filter");
  const TICK = 15000;
  let version = "";
  let gap = Date.parse(queue.dataset.now) - Date.now(); // the server's clock against this machine's
  let pages = 1;
  let waiting = Number(queue.dataset.waiting);

  // Asking -----------------------------------------------------------------------------------------------
  let running = null;
  let again = false;
  function refresh() {
    if (running) { again = true; return running; }
    running = fetched().finally(() => {
      running = null;
      if (again) { again = false; refresh().catch(() => {}); }
    });
    return running;
  }
  async function fetched() {
    const query = new URLSearchParams(location.search);
    query.set("shown", version);
    query.set("pages", pages);
    const told = await desk.asked(`/desk/queue?${query}`);
    version = told.version;
    waiting = told.waiting;
    gap = Date.parse(told.now) - Date.now();
    const before = standing();
    desk.take(told);
    desk.markCurrent();
    title();
    tick();
    if (before.size || told.fragments.queue) news(before, standing());
  }
  function title() {
    document.title = (waiting ? `(${waiting}) ` : "") + queue.dataset.title;
  }

  // What is new: chats that wait for anybody, and borrowers who wait for me -----------------------------------
  const reasonOf = (ticket) => ticket.querySelector("strong").textContent;
  function standing() {
    const found = new Map();
    for (const ticket of queue.querySelectorAll(".ticket")) {
      const waits = Boolean(ticket.querySelector(".wait"));
      if (ticket.dataset.status === "waiting") found.set(`waits ${ticket.pathname}`, reasonOf(ticket));
      else if (ticket.dataset.mine !== undefined && waits) found.set(`wrote ${ticket.pathname}`, reasonOf(ticket));
    }
    return found;
  }
  let first = true;
  function news(before, now) {
    const come = first ? [] : [...now].filter(([key]) => !before.has(key));
    first = false;
    for (const [key, reason] of come.slice(0, 3)) {
      const [what, path] = key.split(" ");
      desk.arrived(words[what].replace("{reason}", reason), path);
    }
  }

  // Clocks -----------------------------------------------------------------------------------------------
  const tag = document.documentElement.lang;
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  function span(seconds) {
    const [unit, size] = units.find(([, each]) => seconds >= each * 1.2) || units[3];
    return new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay: "short" }).format(Math.round(seconds / size));
  }
  function tick() {
    const now = Date.now() + gap;
    for (const clock of document.querySelectorAll("[data-tick]")) {
      const at = Date.parse(clock.dateTime);
      let text = span(Math.abs(now - at) / 1000);
      if (clock.dataset.tick === "due") {
        const late = now >= at;
        const ticket = clock.closest(".ticket, .chat-title");
        ticket?.classList.toggle("late", late);
        ticket?.classList.toggle("due_soon", !late && Boolean(clock.dataset.warn) && now >= Date.parse(clock.dataset.warn));
        text = (late ? words.late : words.due).replace("{time}", text);
      }
      if (clock.textContent !== text) clock.textContent = text;
    }
  }
  setInterval(tick, TICK);

  // The filter -------------------------------------------------------------------------------------------
  filter.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = new URLSearchParams([...new FormData(filter)].filter(([, value]) => value));
    const query = chosen.toString();
    history.replaceState(history.state, "", location.pathname + (query ? `?${query}` : ""));
    pages = 1;
    refresh().catch(() => desk.say(words.offline));
  });
  queue.addEventListener("click", (event) => {
    if (!event.target.closest("[data-more]")) return;
    pages = Math.min(pages + 1, 10);
    refresh().catch(() => desk.say(words.offline));
  });

  desk.on("queue", () => refresh().catch(() => {}));
  desk.on("opened", tick);
  desk.refreshQueue = refresh;
  title();
})();
