/* The chat on a lender's own page: <script src="…/widget.js" data-speaker="harbour" async></script> */
(() => {
  'use strict';
  const script = document.currentScript;
  const home = new URL(script.src).origin;
  const words = /*WORDS*/{};
  const want = (script.dataset.locale || document.documentElement.lang || navigator.language).toLowerCase();
  let locale = !want.startsWith('zh') ? 'en' : /hant|tw|hk|mo/.test(want) ? 'zh_Hant' : 'zh_Hans';
  const host = document.createElement('div');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; }
    button { position: fixed; z-index: 2147483000; right: max(20px, env(safe-area-inset-right)); bottom: max(20px, env(safe-area-inset-bottom));
      width: 60px; height: 60px; padding: 0; border: 0; border-radius: 50%; cursor: pointer; background: var(--colour, #1f4e8c); color: #fff; box-shadow: 0 6px 24px rgb(0 0 0 / 28%); }
    button:focus-visible { outline: 3px solid var(--colour); outline-offset: 3px; }
    button[data-new]::after { content: ""; position: absolute; top: 2px; right: 2px; width: 14px; height: 14px; border-radius: 50%; background: #c22f27; border: 2px solid #fff; }
    iframe { position: fixed; z-index: 2147483001; right: 20px; bottom: 92px; width: 400px; height: min(660px, 100dvh - 112px); border: 0; border-radius: 18px;
      box-shadow: 0 12px 48px rgb(0 0 0 / 30%); background: Canvas; color-scheme: light dark; }
    [hidden] { display: none; }
    @media (max-width: 480px) { iframe { inset: 0; width: 100%; height: 100dvh; border-radius: 0; } }`);
  root.adoptedStyleSheets = [sheet];
  if (/^#[0-9a-f]{6}$/i.test(script.dataset.colour)) host.style.setProperty('--colour', script.dataset.colour);
  const colours = document.createElement('link');
  colours.rel = 'stylesheet';
  colours.href = `${home}/widget/${encodeURIComponent(script.dataset.speaker)}.css`;
  root.append(colours);

  const bubble = document.createElement('button');
  bubble.type = 'button';
  bubble.innerHTML = '<svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true"><path d="M7 9.500A2.5 2.5 0 0 1 9.5 7h13A2.5 2.5 0 0 1 25 9.500v8a2.5 2.5 0 0 1-2.5 2.500H15l-5.5 4.500V20A2.5 2.5 0 0 1 7 17.500z" fill="currentColor"/></svg>';
  let frame = null;
  function label() {
    const open = Boolean(frame && !frame.hidden);
    const text = words[locale]?.[open ? 'close' : 'open'] ?? 'Chat';
    bubble.setAttribute('aria-label', bubble.hasAttribute('data-new') ? `${text}. ${words[locale]?.unread ?? ''}` : text);
    bubble.setAttribute('aria-expanded', String(open));
  }
  function open() {
    if (!frame) {
      frame = document.createElement('iframe');
      frame.src = `${home}/chat/${encodeURIComponent(script.dataset.speaker)}?embed=1&locale=${locale}`;
      frame.title = 'Chat';
      frame.addEventListener('load', () => frame.contentWindow.postMessage({ chat: 'opened' }, home));
      root.append(frame);
    }
    frame.hidden = false;
    bubble.removeAttribute('data-new');
    frame.contentWindow?.postMessage({ chat: 'opened' }, home);
    label();
  }
  function close() {
    frame.hidden = true;
    label();
    bubble.focus();
  }
  bubble.addEventListener('click', () => (frame && !frame.hidden ? close() : open()));
  addEventListener('keydown', (e) => { if (e.key === 'Escape' && frame && !frame.hidden) close(); });
  addEventListener('message', (e) => {
    if (!frame || e.source !== frame.contentWindow || e.origin !== home) return;
    if (e.data?.locale in words) locale = e.data.locale;
    if (e.data?.chat === 'close') close();
    if (e.data?.chat === 'new' && frame.hidden) bubble.setAttribute('data-new', '');
    label();
  });
  label();
  root.append(bubble);
  (document.body ?? document.documentElement).append(host);
})();
