// The page around <calendar-booking>. What the address says: page, lang, timezone, theme, prefill-name,
// prefill-email, prefill-phone; and, within an iframe of embed.js, parent. The address does not say with
// which database to speak.

import './calendar-booking.js';
import * as settings from './settings.js';

const query = new URLSearchParams(location.search);
const element = document.createElement('calendar-booking');
element.setAttribute('src', settings.src);
if (settings.apikey) element.setAttribute('apikey', settings.apikey);
for (const name of ['page', 'lang', 'timezone', 'theme', 'prefill-name', 'prefill-email', 'prefill-phone']) {
  const value = query.get(name);
  if (value) element.setAttribute(name, value);
}
const theme = query.get('theme');
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
const accent = query.get('accent');
if (accent && CSS.supports('color', accent)) {
  document.documentElement.style.setProperty('--calendar-accent', accent);
  document.documentElement.dataset.accent = '';
}

/** @param {string} origin */
function speakTo(origin) {
  /** @param {string} type @param {unknown} data */
  const send = (type, data) => parent.postMessage({ source: 'calendar-booking', version: 1, type, data }, origin);
  for (const type of ['ready', 'day_selected', 'slot_selected', 'held', 'booked', 'rescheduled', 'cancelled', 'failed']) {
    element.addEventListener(type, (event) => send(type, /** @type {CustomEvent} */ (event).detail));
  }
  let height = 0;
  new ResizeObserver(() => {
    const now = Math.ceil(document.body.getBoundingClientRect().height);
    if (Math.abs(now - height) < 2) return;
    height = now;
    send('resize', { height });
  }).observe(document.body);
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented) send('closed', {});
  });
  addEventListener('message', (event) => {
    if (event.source !== parent || event.origin !== origin || event.data?.source !== 'calendar-booking') return;
    if (event.data.type === 'theme' && /^(auto|light|dark)$/.test(event.data.data?.theme)) {
      element.setAttribute('theme', event.data.data.theme);
      document.documentElement.dataset.theme = event.data.data.theme;
    }
  });
}

if (window !== parent) {
  // In a frame the address is not seen: the link leads to this page on its own.
  const own = new URL(location.href);
  own.hash = '';
  for (const name of ['parent', 'theme', 'accent', 'prefill-name', 'prefill-email', 'prefill-phone']) own.searchParams.delete(name);
  element.setAttribute('booking-url', own.href);
  document.documentElement.dataset.framed = '';
  try {
    speakTo(new URL(query.get('parent') ?? '').origin);
  } catch { /* a frame that embed.js did not make: nothing is said */ }
}
document.querySelector('main')?.replaceChildren(element);
element.addEventListener('ready', () => {
  const name = element.shadowRoot?.querySelector('.broker')?.textContent;
  if (name) document.title = name;
});
