// Updates the figures of the status page. The page is complete without this script.

const pause = 1000;

/** @param {string} selector @returns {HTMLElement[]} */
const all = (selector) => [...document.querySelectorAll(selector)];

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function show({ texts, parts, recent }) {
  for (const element of all('[data-live]')) write(element, texts[element.dataset.live] ?? '–');
  const changed = [];
  for (const element of all('[data-part]')) {
    const state = parts[element.dataset.part];
    if (element.textContent === state) continue;
    changed.push(`${element.dataset.part}: ${state}`);
    write(element, state);
    element.className = `state ${state}`;
  }
  if (changed.length > 0) write(document.getElementById('message'), changed.join(', '));
  showRecent(recent);
}

function showRecent(recent) {
  const rows = document.getElementById('recent-rows');
  const newest = recent.map(({ id }) => id).join();
  if (rows.dataset.shown === newest) return;
  rows.dataset.shown = newest;
  rows.replaceChildren(
    ...recent.map(({ id, received, site, kind, url, address, visitor, fields }) => {
      const row = document.createElement('tr');
      row.dataset.hit = id;
      for (const text of [received, site, kind, url, address, visitor, fields]) row.insertCell().textContent = text;
      return row;
    }),
  );
}

async function refresh() {
  try {
    const response = await fetch('/live.json', { cache: 'no-store' });
    if (response.ok) show(await response.json());
  } catch {
    write(document.getElementById('message'), 'The twin does not answer; it may have stopped.');
  }
  setTimeout(refresh, document.hidden ? pause * 5 : pause);
}

setTimeout(refresh, pause);
