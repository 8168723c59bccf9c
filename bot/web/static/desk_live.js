// What comes while the desk is open. The stream says that something is new; what it is, is fetched by cursor, so
// that a cut loses nothing and doubles nothing. Without a stream the page looks by itself, more and more slowly.
"use strict";
(() => {
  const { desk } = window;
  const { words } = desk;
  const SILENCE = 40000; // a stream that says nothing for so long is dead
  const POLL = [3000, 5000, 10000, 20000, 30000];
  const TYPING_EVERY = 3000;
  let source = null;
  let queueSeen = "";
  let sign = 0; // when the stream last gave a sign of life
  let failures = 0;
  let lost = false;

  // News of the case that is shown -----------------------------------------------------------------------------
  let running = null;
  let again = false;
  function refreshCase() {
    if (running) { again = true; return running; }
    running = fetched().finally(() => {
      running = null;
      if (again) { again = false; refreshCase().catch(retry); }
    });
    return running;
  }
  async function fetched() {
    const chat = desk.chat();
    if (!chat) return;
    const query = new URLSearchParams({ after: chat.dataset.after, state: chat.dataset.state });
    const answers = desk.answers();
    try {
      const told = await desk.asked(`/desk/cases/${chat.dataset.case}/news?${query}`);
      if (answers !== desk.answers()) { again = true; return; } // a form's answer overtook these, and knows more
      if (told.lines.trim()) typing(0);
      desk.take(told);
    } catch (error) {
      if (![403, 404].includes(error.status)) throw error;
      desk.close();
      desk.say(words.gone);
    }
  }
  let retrying = 0;
  function retry() {
    clearTimeout(retrying);
    retrying = setTimeout(() => refreshCase().catch(retry), POLL[0]);
  }

  // The stream ----------------------------------------------------------------------------------------------
  function connection(good) {
    const state = document.getElementById("link-state");
    state.classList.toggle("bad", !good);
    if (good === !lost) return;
    lost = !good;
    state.textContent = good ? "" : words.lost;
    if (good) desk.say(words.back);
  }
  const handlers = {
    queue: () => desk.refreshQueue().catch(() => setTimeout(() => desk.tell("queue"), POLL[1])),
    news: () => refreshCase().catch(retry),
    typing: ({ seconds }) => typing(seconds),
    alive: () => {},
    signed_out: () => location.reload(),
  };
  function heard(event) {
    sign = Date.now();
    failures = 0;
    queueSeen = event.lastEventId.split(".")[1] ?? queueSeen;
    connection(true);
    handlers[event.type](JSON.parse(event.data));
  }
  function connect() {
    disconnect();
    const chat = desk.chat();
    const query = new URLSearchParams({ cursor: `${chat?.dataset.after ?? 0}.${queueSeen}` });
    if (chat) query.set("case", chat.dataset.case);
    source = new EventSource(`/desk/stream?${query}`);
    sign = Date.now();
    for (const name of Object.keys(handlers)) source.addEventListener(name, heard);
    source.onopen = () => {
      sign = Date.now();
      if (lost) look();
      connection(true);
    };
    source.onerror = () => { connection(false); };
  }
  function disconnect() {
    source?.close();
    source = null;
  }
  const look = () => Promise.all([desk.refreshQueue(), refreshCase()]);

  // A stream that is cut comes again by itself; one that is refused, or silent, is begun anew after a look.
  async function watch() {
    const dead = !source || source.readyState !== EventSource.OPEN || Date.now() - sign > SILENCE;
    if (dead) {
      try {
        await look();
        connection(Boolean(source));
        failures = source ? 0 : failures + 1;
        if (source && source.readyState !== EventSource.CONNECTING) connect();
      } catch {
        failures += 1;
        connection(false);
      }
    }
    setTimeout(watch, POLL[Math.min(failures, POLL.length - 1)]);
  }

  // Browsers allow few connections to one place: of the tabs in the background, one alone keeps its stream.
  let letGo = null;
  function background() {
    navigator.locks?.request("desk-in-background", { ifAvailable: true }, (lock) => {
      if (lock) return new Promise((release) => { letGo = release; });
      if (document.hidden) disconnect();
      return null;
    });
  }
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { background(); return; }
    letGo?.();
    letGo = null;
    if (!source) connect();
    look().catch(() => {});
  });
  addEventListener("online", connect);
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", (event) => { if (event.persisted) connect(); });

  // Typing --------------------------------------------------------------------------------------------------
  let stop = 0;
  function typing(seconds) {
    const line = document.getElementById("typing");
    clearTimeout(stop);
    if (line) line.textContent = seconds ? words.typing : "";
    if (seconds) stop = setTimeout(typing, seconds * 1000, 0);
  }
  let told = 0;
  document.addEventListener("input", ({ target }) => {
    if (target.id !== "answer" || !target.value || Date.now() - told < TYPING_EVERY) return;
    told = Date.now();
    const body = new URLSearchParams({ csrf: target.form.elements.csrf.value });
    fetch(`/desk/cases/${desk.chat().dataset.case}/typing`, { method: "POST", body }).catch(() => {});
  });

  // Notices: only for whoever asked for them by the buttons ---------------------------------------------------------
  const wishes = { notify: document.getElementById("notify"), sound: document.getElementById("sound") };
  const wished = (name) => localStorage.getItem(`desk:${name}`) === "on" && (name === "sound" || window.Notification?.permission === "granted");
  function show(name) { wishes[name].setAttribute("aria-pressed", String(wished(name))); }
  for (const [name, button] of Object.entries(wishes)) {
    show(name);
    button.addEventListener("click", async () => {
      const on = !wished(name);
      localStorage.setItem(`desk:${name}`, on ? "on" : "off");
      if (on && name === "notify" && (await window.Notification?.requestPermission()) !== "granted") desk.say(words.denied);
      if (on && name === "sound") ring();
      show(name);
    });
  }
  let audio = null;
  function ring() {
    audio ??= new AudioContext();
    const [tone, loud] = [audio.createOscillator(), audio.createGain()];
    tone.frequency.value = 660;
    loud.gain.setValueAtTime(0.12, audio.currentTime);
    loud.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.35);
    tone.connect(loud).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.35);
  }
  desk.arrived = (text, path) => {
    if (wished("sound")) ring();
    if (!wished("notify") || !document.hidden) return;
    const note = new Notification(text, { tag: path });
    note.onclick = () => { window.focus(); desk.open(path.split("/").pop()); note.close(); };
  };

  desk.on("opened", connect);
  connect();
  setTimeout(watch, POLL[0]);
})();
