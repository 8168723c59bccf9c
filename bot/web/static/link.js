/* A one-time link is used up by a press, never by being looked at: previews open addresses too. */
(() => {
  'use strict';
  const form = document.getElementById('link');
  const problem = document.getElementById('problem');
  form.addEventListener('submit', async (e) => {
    e.preventDefault();
    const button = form.querySelector('button');
    button.disabled = true;
    problem.hidden = true;
    try {
      const body = JSON.stringify({ link: form.dataset.link, locale: document.documentElement.lang });
      const answer = await fetch('/api/chat/links', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
      if (answer.status === 201) {
        const session = await answer.json();
        for (const key of Object.keys(localStorage)) if (key.startsWith(`chat:${session.speaker}:`)) localStorage.removeItem(key);
        localStorage.setItem(`chat:${session.speaker}`, session.token);
        location.replace(`/chat/${session.speaker}`);
        return;
      }
      problem.textContent = answer.status === 429 ? problem.dataset.later : problem.dataset.refused;
    } catch {
      problem.textContent = problem.dataset.offline;
    }
    problem.hidden = false;
    button.disabled = false;
    button.focus();
  });
})();
