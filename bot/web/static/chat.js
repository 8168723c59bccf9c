/* The chat page: what is typed is kept until the server has it; what was said comes by a stream that resumes. */
(() => {
  'use strict';
  const data = JSON.parse(document.getElementById('data').textContent);
  const $ = (id) => document.getElementById(id);
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const RETRY = [1000, 2000, 4000, 8000, 15000];
  const SILENCE = 40000; // a stream that says nothing for so long is dead

  // Storage: a page in a frame may have none; then the chat lasts as long as the page
  const memory = new Map();
  const store = {
    get(key) { try { return localStorage.getItem(key); } catch { return memory.get(key) ?? null; } },
    set(key, value) { memory.set(key, value); try { localStorage.setItem(key, value); } catch { /* kept in memory */ } },
    remove(key) { memory.delete(key); try { localStorage.removeItem(key); } catch { /* kept in memory */ } },
    keys() { try { return Object.keys(localStorage); } catch { return [...memory.keys()]; } },
  };
  const KEY = `chat:${data.key}`;
  const OUT = `${KEY}:out:`;

  // Words, dates, amounts
  let locale = data.locales.includes(store.get(`${KEY}:locale`)) ? store.get(`${KEY}:locale`) : data.locale;
  const tag = () => locale.replace('_', '-');
  const days = () => (locale === 'en' ? 'en-GB' : tag()); // 10 May 2028, as the messages write it
  const lender = () => data.names[locale] || data.names.en || data.speaker;
  const t = (key, values = {}) =>
    (data.words[locale][key] || key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const clock = (at) => new Intl.DateTimeFormat(tag(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
  const dayKey = (at) => `${at.getFullYear()}-${at.getMonth()}-${at.getDate()}`;
  function dayName(at) {
    const yesterday = new Date();
    if (dayKey(at) === dayKey(yesterday)) return t('today');
    yesterday.setDate(yesterday.getDate() - 1);
    if (dayKey(at) === dayKey(yesterday)) return t('yesterday');
    return new Intl.DateTimeFormat(days(), { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(at);
  }
  function value(v) {
    if (v && typeof v === 'object' && v.amount) {
      return new Intl.NumberFormat(tag(), { style: 'currency', currency: v.currency, currencyDisplay: 'narrowSymbol' }).format(v.amount);
    }
    if (typeof v === 'string' && /^\d{4}-\d\d-\d\d$/.test(v)) {
      return new Intl.DateTimeFormat(days(), { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(v));
    }
    return String(v);
  }
  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, set] of Object.entries(attributes)) {
      if (key === 'onclick') made.addEventListener('click', set);
      else if (set !== null && set !== false) made.setAttribute(key, set === true ? '' : set);
    }
    made.append(...children.filter((child) => child !== null));
    return made;
  }
  const icon = (path) => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    for (const [key, set] of Object.entries({ viewBox: '0 0 20 20', width: 20, height: 20, 'aria-hidden': true })) svg.setAttribute(key, set);
    const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    for (const [key, set] of Object.entries({ d: path, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.7 })) shape.setAttribute(key, set);
    svg.append(shape);
    return svg;
  };
  const FILE_ICON = 'M5 2.5h6l4 4v11H5zM11 2.5v4h4';

  // State
  const said = new Map(); // seq → message of the server
  const out = new Map(); // id → what the server has not shown yet
  const files = new Map(); // id → File: only this page has it
  let token = store.get(KEY);
  let cursor = 0;
  let busy = false;
  let withPerson = false;
  let loaded = false;
  let lost = false;
  let slow = 0;

  // Drawing
  const log = $('log');
  const list = $('messages');

  function linked(text) {
    return text.split(/(https:\/\/[^\s<>"'（）()，。、；]+[^\s<>"'（）()，。、；.,;:!?])/).map((part, i) =>
      i % 2 ? element('a', { href: part, target: '_blank', rel: 'noopener noreferrer nofollow' }, part) : part);
  }
  function bubble(message) {
    if (message.erased) return element('p', { class: 'bubble gone' }, t('erased'));
    if (message.file) {
      const size = `${Math.max(1, Math.round(message.file.size / 1024)).toLocaleString(tag())} KB`;
      return element('div', { class: 'bubble file' }, icon(FILE_ICON), element('bdi', {}, message.file.name), element('small', {}, size),
        element('p', { class: 'caption', dir: 'auto' }, ...linked(message.text || '')));
    }
    if (message.edits && !message.text) return element('p', { class: 'bubble gone' }, t('taken_back'));
    const own = message.from === 'user';
    const lang = message.locale ? message.locale.replace('_', '-') : null;
    return element('p', { class: 'bubble', dir: 'auto', lang }, ...(own ? [message.text] : linked(message.text)));
  }
  function plans(message, buttons) {
    const cards = message.card.plans.map((plan, i) => {
      const rows = [element('h2', {}, t('plan', { label: value(plan.label) })), element('p', { class: 'amount' }, value(plan.amount))];
      if (plan.count) rows.push(element('p', {}, typeof plan.count === 'number' ? t('times', { count: plan.count }) : value(plan.count)));
      if (plan.last) rows.push(element('p', { class: 'muted' }, t('until', { date: value(plan.last) })));
      if (plan.spare) rows.push(element('p', { class: 'spare' }, t('spare', { amount: value(plan.spare) })));
      if (buttons[i]) {
        const label = t('choose', { label: value(plan.label) });
        rows.push(element('button', { type: 'button', class: 'btn primary', onclick: (e) => press(buttons[i], e) }, label));
      }
      return element('li', { class: 'plan' }, ...rows);
    });
    return element('ul', { class: 'plans' }, ...cards);
  }
  const documents = {
    record: () => ({ path: '/api/chat/record', title: t('save_record'), name: 'conversation.html' }),
    file: (card, message) => ({ path: `/api/chat/files/${encodeURIComponent(card.file)}`, title: t('save_file'), own: message.file?.name }),
    agreement: (card) => ({ path: `/api/chat/agreements/${encodeURIComponent(card.agreement)}`, title: t('save_plan'), name: 'plan.html' }),
  };
  function file(card, message) {
    const kept = documents[card.type](card, message);
    const note = element('span', { class: 'muted', role: 'status' });
    const button = element('button', { type: 'button', class: 'btn primary', onclick: () => save(kept, button, note) }, kept.title);
    return element('p', { class: 'save' }, button, note);
  }
  async function save(kept, button, note) {
    button.disabled = true;
    note.textContent = '';
    try {
      const answer = await fetch(kept.path, { headers: headers(), cache: 'no-store' });
      if (!answer.ok) throw new Error(answer.status === 403 ? 'record_who' : 'record_later');
      const name = kept.own || /filename="([^"]+)"/.exec(answer.headers.get('Content-Disposition'))?.[1] || kept.name;
      const href = URL.createObjectURL(await answer.blob());
      element('a', { href, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(href), 60000);
    } catch (error) {
      note.textContent = t(error.message === 'record_who' ? 'record_who' : 'record_later');
    }
    button.disabled = false;
  }
  function chips(buttons) {
    const made = buttons.map((button) =>
      element('button', { type: 'button', class: 'chip', dir: 'auto', onclick: (e) => press(button, e) }, button.title));
    return element('div', { class: 'chips', role: 'group', 'aria-label': t('choices') }, ...made);
  }
  const isCard = (message) => message.card?.type === 'plans' && Array.isArray(message.card.plans) && message.card.plans.length > 0;

  const ofOffer = (message) => message.card?.type === 'offer';
  function offer(card) {
    const rows = [element('p', { class: 'amount' }, value(card.amount)), element('p', {}, t('times', { count: card.count }))];
    return element('div', { class: 'plan' }, ...rows, element('p', { class: 'muted' }, t('until', { date: value(card.last) })));
  }

  function row(message, open) {
    const who = message.from === 'user' ? t('you') : message.from === 'agent' ? message.name || t('person_said', { lender: lender() }) : null;
    const made = element('li', { class: `message ${message.from}${message.choice ? ' choice' : ''}`, 'data-seq': message.seq ?? null });
    if (message.from === 'agent') made.append(element('p', { class: 'name' }, who));
    else made.append(element('span', { class: 'sr-only' }, `${who || t('assistant')}: `));
    const buttons = open ? message.buttons : [];
    const own = isCard(message) ? message.card.plans.length : 0;
    if (own) made.classList.add('wide');
    made.append(own ? plans(message, buttons) : bubble(message), element('p', { class: 'meta' }, ...meta(message)));
    if (ofOffer(message) && message.card.amount) made.append(offer(message.card));
    if (Object.hasOwn(documents, message.card?.type)) made.append(file(message.card, message));
    if (buttons.length > own) made.append(chips(buttons.slice(own)));
    return made;
  }
  function meta(message) {
    const time = clock(message.at);
    if (!message.out) {
      const sent = element('time', { datetime: message.at.toISOString() }, time);
      return message.edits && message.text ? [`${t('changed')} · `, sent] : [sent];
    }
    const item = message.out;
    if (item.error) {
      const parts = [t(item.error, { size: Math.floor(data.fileMost / 1048576) }) + ' '];
      if (!item.final) parts.push(element('button', { type: 'button', class: 'btn', onclick: () => again(item) }, t('again')));
      parts.push(element('button', { type: 'button', class: 'btn', onclick: () => drop(item) }, t('remove')));
      return parts;
    }
    if (item.percent !== undefined && item.percent < 100) return [t('sent_part', { percent: item.percent })];
    return [item.sent ? time : item.tries ? t('waiting') : t('sending')];
  }

  const drawn = new Map(); // key → [what it was drawn from, its element]
  function draw() {
    const shown = [...said.values()].sort((a, b) => a.seq - b.seq);
    const waiting = [...out.values()].filter((item) => item.kind !== 'start').sort((a, b) => a.at - b.at);
    for (const item of waiting) {
      shown.push({ from: 'user', text: item.title ?? item.text ?? '', file: item.file, choice: item.choice, at: new Date(item.at), buttons: [], out: item, id: item.id });
    }
    const lastOwn = shown.findLastIndex((message) => message.from === 'user');
    const keys = new Set();
    const wanted = [];
    let day = '';
    const put = (key, from, make) => {
      if (drawn.get(key)?.[0] !== from) drawn.set(key, [from, make()]);
      keys.add(key);
      wanted.push(drawn.get(key)[1]);
      return drawn.get(key)[1];
    };
    const offered = shown.findLastIndex(ofOffer);
    const pressed = shown.findLastIndex((message) => message.choice);
    const asked = offered >= 0 && pressed > offered; // the bot asks what the answer to it needs
    shown.forEach((message, i) => {
      if (dayKey(message.at) !== day) {
        day = dayKey(message.at);
        const name = dayName(message.at);
        put(`day ${day}`, name, () => element('li', { class: 'day' }, name));
      }
      if (message.from === 'notice') {
        const text = message.text || t(message.notice);
        put(`m${message.seq}`, text, () => element('li', { class: 'notice' }, text));
        return;
      }
      // A person's offer can be answered while they are here, whatever was written since.
      const open = i === offered ? i > pressed : i > lastOwn && (!withPerson || asked);
      const item = message.out;
      const own = message.from === 'user';
      const made = put(own && message.id ? `o${message.id}` : `m${message.seq}`, `${locale} ${open} ${Boolean(message.erased)}`, () => row(message, open));
      // An own message keeps its element when the server shows it, so that it is not read out twice.
      const state = own ? JSON.stringify([item?.error, item?.percent, item?.sent, item?.tries > 0]) : null;
      if (own && made.dataset.state !== state) {
        made.dataset.state = state;
        made.querySelector('.meta').replaceChildren(...meta(message));
      }
      const same = (other) => other && other.from === message.from && dayKey(other.at) === day && Math.abs(other.at - message.at) < 300000;
      made.classList.toggle('first', !same(shown[i - 1]));
      made.classList.toggle('last', !same(shown[i + 1]));
      made.classList.toggle('pending', Boolean(item && !item.sent && !item.error));
      made.classList.toggle('failed', Boolean(item?.error));
    });
    for (const key of drawn.keys()) if (!keys.has(key)) drawn.delete(key);
    wanted.forEach((made, i) => { if (list.children[i] !== made) list.insertBefore(made, list.children[i] ?? null); });
    while (list.children.length > wanted.length) list.lastChild.remove();
    status();
  }

  function status() {
    const working = loaded && !withPerson && (busy || [...out.values()].some((item) => item.sent));
    $('typing').hidden = !working && !writing;
    if (working && !slow) slow = setTimeout(() => { $('typing').lastChild.textContent = t('slow'); }, 15000);
    if (!working) { clearTimeout(slow); slow = 0; }
    if (!working || !$('typing').lastChild.textContent) $('typing').lastChild.textContent = t(writing ? 'person_typing' : 'typing');
    $('role').textContent = t(withPerson ? 'with_person' : 'assistant');
    $('person').hidden = withPerson;
  }
  let writing = 0; // until when the person's sign of typing holds
  function personWrites(seconds) {
    clearTimeout(writing);
    writing = seconds && withPerson ? setTimeout(personWrites, seconds * 1000, 0) : 0;
    status();
  }
  const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 90;
  const toEnd = () => log.scrollTo({ top: log.scrollHeight, behavior: calm || !loaded ? 'auto' : 'smooth' });
  function follow() {
    // A long answer is shown from its start: the borrower's own last message stays in sight.
    const own = list.querySelectorAll('.message.user');
    const start = own.length ? own[own.length - 1].offsetTop - list.offsetTop : 0;
    const end = log.scrollHeight - log.clientHeight;
    log.scrollTo({ top: loaded && own.length ? Math.min(end, Math.max(start, log.scrollTop)) : end, behavior: calm || !loaded ? 'auto' : 'smooth' });
  }

  // Connection
  let note = 0;
  function connection(state) {
    const was = lost;
    lost = state !== 'good';
    clearTimeout(note);
    const line = $('connection');
    if (!lost && !was) return;
    line.classList.toggle('good', !lost);
    line.textContent = t(lost ? (navigator.onLine ? 'reconnecting' : 'offline') : 'connected');
    if (!lost) note = setTimeout(() => { line.textContent = ''; }, 2500);
  }
  const pause = (n) => new Promise((done) => {
    const timer = setTimeout(done, RETRY[Math.min(n, RETRY.length - 1)] * (0.75 + Math.random() / 2));
    addEventListener('online', () => { clearTimeout(timer); done(); }, { once: true });
  });
  const headers = (more = {}) => ({ Authorization: `Bearer ${token}`, 'Accept-Language': tag(), ...more });

  async function session() {
    if (token) return;
    const body = JSON.stringify({ speaker: data.speaker, locale: tag() });
    const answer = await fetch('/api/chat/sessions', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    if (!answer.ok) throw new Error(`session ${answer.status}`);
    const opened = await answer.json();
    token = store.get(KEY) || opened.token; // another tab may have been faster
    store.set(KEY, token);
  }
  function forget() { token = null; store.remove(KEY); said.clear(); cursor = 0; }

  function take(news) {
    const wasAtEnd = atEnd();
    let fresh = false;
    for (const message of news.messages) {
      if (said.has(message.seq)) continue;
      message.at = new Date(message.at);
      said.set(message.seq, message);
      if (message.id) { out.delete(message.id); files.delete(message.id); store.remove(OUT + message.id); }
      if (message.from !== 'user') fresh = true;
      if (loaded && message.from === 'bot' && message.locale && message.locale !== locale) speak(message.locale);
    }
    cursor = Math.max(cursor, news.after);
    [busy, withPerson] = [news.busy, news.with_person];
    if (fresh || news.typing) personWrites(fresh ? 0 : news.typing);
    if (said.size || busy) for (const item of out.values()) if (item.kind === 'start') { out.delete(item.id); store.remove(OUT + item.id); }
    draw();
    if (!loaded) { begin(); return; }
    if (fresh) { if (wasAtEnd) follow(); else $('newer').hidden = false; tellParent('new'); }
  }
  function begin() {
    if (!said.size && !busy && ![...out.values()].length) queue({ kind: 'start' });
    toEnd();
    requestAnimationFrame(() => { loaded = true; log.setAttribute('aria-busy', 'false'); draw(); follow(); });
  }

  async function listen() {
    for (let tries = 0; ; tries += 1) {
      const stop = new AbortController();
      let dog = 0;
      const watch = () => { clearTimeout(dog); dog = setTimeout(() => stop.abort(), SILENCE); };
      const cut = () => stop.abort();
      addEventListener('offline', cut);
      try {
        await session();
        watch();
        const answer = await fetch(`/api/chat/stream?after=${cursor}`, { headers: headers(), signal: stop.signal, cache: 'no-store' });
        if (answer.status === 401) { forget(); continue; }
        if (!answer.ok) throw new Error(`stream ${answer.status}`);
        connection('good');
        await events(answer.body, () => { watch(); tries = 0; });
      } catch { /* the network, a restart, or silence: come again below */ }
      clearTimeout(dog);
      removeEventListener('offline', cut);
      if (!navigator.onLine || tries > 0) connection('lost');
      await pause(tries);
    }
  }
  async function events(body, alive) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { value: part, done } = await reader.read();
      if (done) return;
      alive();
      const blocks = (rest + part).split('\n\n');
      rest = blocks.pop();
      for (const block of blocks) {
        const line = block.split('\n').find((each) => each.startsWith('data: '));
        if (line) take(JSON.parse(line.slice(6)));
      }
    }
  }
  async function poll() { // where something between holds a stream back
    try {
      const answer = await fetch(`/api/chat/messages?after=${cursor}`, { headers: headers(), cache: 'no-store' });
      if (answer.ok) take(await answer.json());
    } catch { /* the stream tells of lost connections */ }
  }

  // Sending: one after the other, each until the server has it
  const uuid = () => crypto.randomUUID?.() ??
    '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));
  function queue(input, file) {
    const item = { id: uuid(), at: Date.now(), tries: 0, ...input };
    out.set(item.id, item);
    if (file) files.set(item.id, file);
    else store.set(OUT + item.id, JSON.stringify(item));
    draw();
    toEnd();
    send();
  }
  let sending = false;
  async function send() {
    if (sending) return;
    sending = true;
    for (let item; (item = [...out.values()].sort((a, b) => a.at - b.at).find((each) => !each.sent && !each.error));) {
      try {
        await session();
        const answer = await (item.kind === 'file' ? upload(item) : post(item));
        if (answer.status === 202) { item.sent = true; connection('good'); setTimeout(() => out.has(item.id) && poll(), 5000); }
        else await refused(item, answer);
      } catch {
        item.tries += 1;
        if (item.tries > 1 || !navigator.onLine) connection('lost');
        draw();
        await pause(item.tries - 1);
      }
      draw();
    }
    sending = false;
  }
  async function refused(item, answer) {
    if (answer.status === 401) { forget(); return; }
    if (answer.status === 429 || answer.status >= 500) {
      item.tries += 1;
      draw();
      if (answer.status === 429) $('connection').textContent = t('too_fast');
      await new Promise((done) => { setTimeout(done, answer.wait ? answer.wait * 1000 : RETRY[Math.min(item.tries - 1, 4)]); });
      if (answer.status === 429 && !lost) $('connection').textContent = '';
      return;
    }
    item.error = { 413: 'too_large', 415: 'bad_file' }[answer.status] || 'not_sent';
    item.final = answer.status in { 413: 1, 415: 1 };
  }
  async function post(item) {
    const body = { id: item.id, locale: tag() };
    if (item.kind === 'start') body.start = true;
    else if (item.kind === 'choice') body.choice = item.choice;
    else body.text = item.text;
    const answer = await fetch('/api/chat/messages', { method: 'POST', headers: headers({ 'Content-Type': 'application/json' }), body: JSON.stringify(body) });
    return { status: answer.status, wait: Number(answer.headers.get('Retry-After')) };
  }
  const upload = (item) => new Promise((done, fail) => { // fetch tells no progress
    const request = new XMLHttpRequest();
    request.open('POST', `/api/chat/files?id=${item.id}&name=${encodeURIComponent(item.file.name)}`);
    for (const [key, set] of Object.entries(headers())) request.setRequestHeader(key, set);
    request.upload.onprogress = (e) => { item.percent = Math.floor((100 * e.loaded) / e.total); draw(); };
    request.onload = () => done({ status: request.status, wait: Number(request.getResponseHeader('Retry-After')) });
    request.onerror = request.ontimeout = fail;
    request.send(files.get(item.id));
  });
  function again(item) { delete item.error; item.tries = 0; draw(); send(); }
  function drop(item) { out.delete(item.id); files.delete(item.id); store.remove(OUT + item.id); draw(); $('text').focus(); }
  function press(button, event) {
    queue({ kind: 'choice', choice: button.id, title: button.title });
    if (event.detail === 0) log.focus(); // by keyboard: the next Tab finds the new choices
  }
  function offerFile(file) {
    if (!file) return;
    const shown = { name: file.name.slice(-200) || 'file', size: file.size };
    const error = file.size > data.fileMost ? 'too_large' : data.mediaTypes.includes(file.type) || !file.type ? null : 'bad_file';
    queue({ kind: 'file', file: shown, ...(error && { error, final: true }) }, file);
  }
  for (const key of store.keys().filter((each) => each.startsWith(OUT))) {
    const item = JSON.parse(store.get(key));
    if (Date.now() - item.at < 86400000) out.set(item.id, item);
    else store.remove(key);
  }

  // The form
  const text = $('text');
  function grow() {
    text.style.height = 'auto';
    text.style.height = `${Math.min(text.scrollHeight + 2, 152)}px`;
    const left = data.textMost - text.value.length;
    $('length').textContent = left < 0 ? t('too_long', { count: -left }) : left < 200 ? t('left', { count: left }) : '';
    $('length').classList.toggle('over', left < 0);
    $('send').setAttribute('aria-disabled', String(left < 0 || !text.value.trim()));
    store.set(`${KEY}:draft`, text.value);
  }
  function say(words) { queue({ kind: 'text', text: words }); }
  $('composer').addEventListener('submit', (e) => {
    e.preventDefault();
    if ($('send').getAttribute('aria-disabled') === 'true') { text.focus(); return; }
    say(text.value.trim());
    text.value = '';
    grow();
    text.focus();
  });
  let typed = 0;
  function signOfTyping() { // only while a person reads along
    if (!withPerson || !text.value || !token || Date.now() - typed < 3000) return;
    typed = Date.now();
    fetch('/api/chat/typing', { method: 'POST', headers: headers() }).catch(() => {});
  }
  text.addEventListener('input', () => { grow(); signOfTyping(); });
  text.addEventListener('keydown', (e) => {
    if (e.key === 'Enter' && !e.shiftKey && !e.isComposing && e.keyCode !== 229) { e.preventDefault(); $('composer').requestSubmit(); }
  });
  text.addEventListener('paste', (e) => { if (e.clipboardData.files.length) { e.preventDefault(); offerFile(e.clipboardData.files[0]); } });
  $('attach').addEventListener('click', () => $('file').click());
  $('file').addEventListener('change', () => { offerFile($('file').files[0]); $('file').value = ''; text.focus(); });
  addEventListener('dragover', (e) => e.preventDefault());
  addEventListener('drop', (e) => { e.preventDefault(); offerFile(e.dataTransfer.files[0]); });
  $('person').addEventListener('click', () => { say(t('want_person')); });
  $('newer').addEventListener('click', () => { toEnd(); log.focus(); });
  log.addEventListener('scroll', () => { if (atEnd()) $('newer').hidden = true; }, { passive: true });

  // Language
  function speak(next) {
    locale = data.locales.includes(next) ? next : locale;
    store.set(`${KEY}:locale`, locale);
    document.documentElement.lang = tag();
    document.title = `${lender()} · ${t('title')}`;
    document.querySelectorAll('[data-t]').forEach((each) => { each.textContent = t(each.dataset.t); });
    document.querySelectorAll('.mark').forEach((each) => { each.textContent = [...lender()][0]; });
    $('lender').textContent = lender();
    $('language').value = locale;
    log.setAttribute('aria-label', t('log'));
    text.placeholder = t('write');
    for (const [id, key] of [['send', 'send'], ['attach', 'attach'], ['close', 'close']]) $(id)?.setAttribute('aria-label', t(key));
    if ($('demo')) $('demo').textContent = t('demo', { name: data.demo });
    draw();
  }
  $('language').addEventListener('change', () => { speak($('language').value); say(t('want_language')); });

  // In a frame on the lender's page
  function tellParent(what) { if (data.embedded && parent !== window) parent.postMessage({ chat: what, locale }, '*'); }
  $('close')?.addEventListener('click', () => tellParent('close'));
  if (data.embedded) {
    addEventListener('keydown', (e) => { if (e.key === 'Escape' && !e.isComposing) tellParent('close'); });
    addEventListener('message', (e) => { if (e.source === parent && e.data?.chat === 'opened') text.focus({ preventScroll: true }); });
  }

  speak(locale);
  text.value = store.get(`${KEY}:draft`) || '';
  grow();
  listen();
  send();
  if (!data.embedded && matchMedia('(pointer: fine)').matches) text.focus();
})();
