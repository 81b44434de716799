// What all elements share: nodes, words, times, calls.

import en from '../words/en.js';

const { DateTimeFormat, Locale } = Intl;
const HOUR_MS = 3_600_000;
const PATIENCE_MS = 15_000;

/** @type {Make} */
export function h(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (typeof value === 'function') {
      node.addEventListener(key, value);
    } else if ((value ?? false) !== false) {
      node.setAttribute(key, value === true ? '' : value);
      if (key === 'class') node.setAttribute('part', value);
    }
  }
  append(node, ...children);
  return node;
}

/** @type {MakeButton} */
export const button = (look, click, text) => h('button', { type: 'button', class: look, click }, text);

/** @type {Fill} */
function append(node, ...children) {
  for (const child of children) {
    if (!child) continue;
    if (typeof child === 'string') node.appendChild(document.createTextNode(child));
    else if ('nodeType' in child) node.appendChild(child);
    else append(node, ...child);
  }
}

/** @type {Fill} */
export function fill(node, ...children) {
  node.textContent = '';
  append(node, ...children);
}

/** @type {Mark} */
export function mark(node, name, isOn) {
  if (isOn) node.setAttribute(name, 'true');
  else node.removeAttribute(name);
}

/** Host pages replace map. @type {Each} */
export function each(list, make) {
  const made = [];
  for (const item of list) made[made.length] = make(item);
  return made;
}

/** And sort. @type {Insert} */
export function insert(sorted, item, rank) {
  let place = sorted.length;
  for (; place > 0 && rank(sorted[place - 1]) > rank(item); place--) sorted[place] = sorted[place - 1];
  sorted[place] = item;
}

export class CalendarElement extends HTMLElement {
  constructor() {
    super();
    this.shadow = this.attachShadow({ mode: 'open' });
    this.root = h('div', { class: 'root', hidden: true });
    this.live = h('div', { class: 'hidden', role: 'status' });
    const show = () => { this.root.hidden = false; };
    const href = new URL('../calendar.css', import.meta.url).href;
    fill(this.shadow, h('link', { rel: 'stylesheet', href, load: show, error: show }), this.root, this.live);
  }

  noteAccent() {
    mark(this, 'data-accent', getComputedStyle(this).getPropertyValue('--calendar-accent'));
  }

  /** @param {string} sentence */
  announce(sentence) {
    fill(this.live, sentence);
  }

  /** @type {Emit} */
  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

const LANGUAGES = /^(de|en|es|fr)\b/;

/** @param {string} tag */
function isLocale(tag) {
  try {
    return new Locale(tag) && true;
  } catch {
    return false;
  }
}

/** Of the visitor's region. @param {string | null} wanted */
export function chooseLocale(wanted) {
  let first = '';
  for (const tag of navigator.languages) {
    if (!isLocale(tag)) continue;
    if (wanted ? tag.slice(0, 2) === wanted : LANGUAGES.test(tag)) return tag;
    first ||= tag;
  }
  return wanted && isLocale(wanted) ? wanted : first || 'en';
}

/** @type {(locale?: string, words?: Dictionary) => Say} */
export function sayIn(locale = 'en', words = en) {
  const plurals = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  return (key, values = {}) => {
    const found = words[key] ?? en[key];
    const text = typeof found === 'string' ? found : found[plurals.select(+values.n)] ?? found.other;
    let out = '';
    let from = 0;
    for (let open = text.indexOf('{'); open >= 0; open = text.indexOf('{', from)) {
      const close = text.indexOf('}', open);
      const value = values[text.slice(open + 1, close)];
      out += text.slice(from, open) + (typeof value === 'number' ? numbers.format(value) : value);
      from = close + 1;
    }
    return out + text.slice(from);
  };
}

/** @param {string} locale @param {Dictionary | null} own */
export async function loadWords(locale, own) {
  const words = own ?? (LANGUAGES.test(locale) && (await import(`../words/${locale.slice(0, 2)}.js`)).default);
  return words ? sayIn(locale, words) : sayIn();
}

const numeric = 'numeric';
const day = { month: 'long', day: numeric };
const weekday = { weekday: 'long' };

const FORMATS = /** @type {Record<string, Intl.DateTimeFormatOptions>} */ ({
  day: { ...day, ...weekday },
  date: day,
  number: { day: numeric },
  month: { month: 'long', year: numeric },
  monthName: { month: 'long' },
  weekday,
  short: { weekday: 'short' },
  time: { timeStyle: 'short' },
  full: { ...day, ...weekday, year: numeric },
  both: { ...day, ...weekday, hour: numeric, minute: '2-digit' },
  zone: { timeZoneName: 'short' },
  wall: { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric, hourCycle: 'h23' },
});

/** @param {string} instant or day */
export const at = (instant) => Date.parse(instant);

/** @param {number} ms */
export const instant = (ms) => new Date(ms).toISOString();

/** As if it were UTC. @param {number} ms @param {string} zone */
export function wall(ms, zone) {
  /** @type {Record<string, number>} */
  const read = {};
  for (const part of gregorian.format('wall', zone).formatToParts(ms)) read[part.type] = +part.value;
  return Date.UTC(read.year, read.month - 1, read.day, read.hour, read.minute, read.second);
}

/** In minutes. @param {number} ms @param {string} zone */
export const offset = (ms, zone) => Math.round((wall(ms, zone) - ms) / 60_000);

/** 2026-12-09 @param {number} ms @param {string} zone */
export const dayOf = (ms, zone) => instant(wall(ms, zone)).slice(0, 10);

/** @param {string} day @param {number} days */
export const addDays = (day, days) => instant(at(day) + days * 24 * HOUR_MS).slice(0, 10);

/** 2026-12 @param {string} day */
export const monthOf = (day) => day.slice(0, 7);

/** @param {string} month @param {number} months */
export function addMonths(month, months) {
  return monthOf(instant(Date.UTC(+month.slice(0, 4), +month.slice(5) - 1 + months)));
}

/** @param {string} day @param {string} zone @returns {[string, string]} */
export function around(day, zone) {
  const start = at(day) - offset(at(day) + 12 * HOUR_MS, zone) * 60_000;
  return [instant(start - 3 * HOUR_MS), instant(start + 27 * HOUR_MS)];
}

/** Names that browsers still use. @type {Record<string, string>} */
const CITIES = {
  'Asia/Calcutta': 'Kolkata', 'Asia/Katmandu': 'Kathmandu', 'Asia/Rangoon': 'Yangon', 'Asia/Saigon': 'Ho Chi Minh City',
  'Europe/Kiev': 'Kyiv', 'America/Godthab': 'Nuuk',
};

/** The browser's own for null; null for none. @param {string | null} zone */
export function known(zone) {
  try {
    return new DateTimeFormat('en', { timeZone: zone ?? undefined }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

/** @param {string} zone */
export function city(zone) {
  let name = '';
  for (const letter of zone) name = letter === '/' ? '' : name + (letter === '_' ? ' ' : letter);
  return CITIES[zone] ?? name;
}

/** UTC−5, UTC+5:45 @param {number} ms @param {string} zone */
export function offsetText(ms, zone) {
  const minutes = offset(ms, zone);
  const all = Math.abs(minutes);
  const rest = all % 60;
  return `UTC${minutes < 0 ? '−' : '+'}${(all - rest) / 60}${rest ? `:${rest < 10 ? '0' : ''}${rest}` : ''}`;
}

/** @type {(locale?: string) => Times} */
export function timesOf(locale = 'en') {
  const known = /** @type {any} */ (new Locale(locale));
  /** @type {Map<string, Intl.DateTimeFormat>} */
  const made = new Map();
  return {
    locale,
    firstWeekday: (known.getWeekInfo?.() ?? known.weekInfo)?.firstDay ?? 1,
    direction: (known.getTextInfo?.() ?? known.textInfo)?.direction ?? (/^(ar|fa|he|ur)/.test(locale) ? 'rtl' : 'ltr'),

    format(name, zone) {
      const key = `${zone} ${name}`;
      let found = made.get(key);
      if (!found) made.set(key, found = new DateTimeFormat(locale, { ...FORMATS[name], timeZone: zone }));
      return found;
    },

    write(name, when, zone = 'UTC') {
      return this.format(name, zone).format(at(when));
    },

    span({ slot_start: start, slot_end: end }, zone) {
      if (dayOf(at(start), zone) === dayOf(at(end), zone)) return this.format('time', zone).formatRange(at(start), at(end));
      return `${this.write('time', start, zone)} – ${this.write('time', end, zone)}`;
    },

    zoneName(form, ms, zone) {
      const name = city(zone);
      const hours = offsetText(ms, zone);
      let short = '';
      for (const { type, value } of this.format('zone', zone).formatToParts(ms)) {
        if (type === 'timeZoneName' && !/^(GMT|UTC)|[-+\u2212\d]/.test(value)) short = value;
      }
      const both = `${short && `${short}, `}${hours}`;
      if (form === 'offset') return both;
      if (form === 'label') return `${name} · ${both}`;
      return `${name}, ${short || hours}${short && form === 'text' ? ` (${hours})` : ''}`;
    },
  };
}

const gregorian = timesOf('en-u-ca-gregory-nu-latn');

/** @type {RefusalOf} */
export function refusalOf(kind, message, detail = {}) {
  const made = /** @type {Refusal} */ (new Error(message));
  made.kind = kind;
  made.reason = detail.reason ?? '';
  made.alternatives = detail.alternatives ?? [];
  made.retryAfter = detail.retry_after ?? 60;
  return made;
}

/** Without the toJSON of a host. @param {any} value @returns {string} */
export function json(value) {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  let text = '';
  for (const key of Object.keys(value)) {
    if (value[key] !== undefined) text += `${text && ','}${JSON.stringify(key)}:${json(value[key])}`;
  }
  return `{${text}}`;
}

/** @type {Record<string, Kind>} */
const KINDS = { PT401: 'unknown', 22023: 'input', 401: 'denied', 403: 'denied', 404: 'unknown', 409: 'conflict', 429: 'limited' };

/** @param {number} status @param {any} body */
function answered(status, body) {
  let detail;
  try {
    detail = JSON.parse(body.details) ?? undefined;
  } catch { /* not every error has JSON there */ }
  const kind = KINDS[body?.code] ?? KINDS[status] ?? (status < 500 ? 'failed' : 'offline');
  return refusalOf(kind, body?.message ?? `${status}`, detail);
}

/** @type {ApiOf} */
export const apiOf = (base, key, accessToken) => ({
  base: new URL(base, document.baseURI).href.replace(/\/*$/, '/'),

  async get(path, parameters) {
    let sign = '?';
    for (const name of Object.keys(parameters)) {
      const value = parameters[name];
      if (value === null) continue;
      path += `${sign}${name}=${encodeURIComponent(value)}`;
      sign = '&';
    }
    try {
      return await this.send('GET', path);
    } catch (error) {
      if (/** @type {Refusal} */ (error).kind !== 'offline') throw error;
      await new Promise((resolve) => { setTimeout(resolve, 500); });
      return this.send('GET', path);
    }
  },

  call(name, parameters) {
    return this.send('POST', `rpc/${name}`, json(parameters));
  },

  async send(method, path, body) {
    /** @type {Record<string, string>} */
    const headers = { [body ? 'Content-Profile' : 'Accept-Profile']: 'calendar' };
    if (body) headers['Content-Type'] = 'application/json';
    if (key) headers.apikey = key;
    const token = await accessToken?.();
    if (token) headers.Authorization = `Bearer ${token}`;
    let answer, read;
    try {
      answer = await fetch(this.base + path, {
        method, headers, body, signal: AbortSignal.timeout(PATIENCE_MS), cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer',
      });
      const text = await answer.text();
      read = text && JSON.parse(text);
    } catch (error) {
      throw refusalOf('offline', `${error}`);
    }
    if (!answer.ok) throw answered(answer.status, read);
    return read;
  },
});

/** @type {AttemptOf} */
export const attemptOf = (onOffline) => ({
  turn: 0,

  async run(action) {
    const turn = ++this.turn;
    for (let wait = 0; turn === this.turn;) {
      let result, refused;
      try {
        result = await action();
      } catch (error) {
        refused = /** @type {Refusal} */ (error);
      }
      if (turn !== this.turn) break;
      if (refused?.kind !== 'offline') {
        if (wait) onOffline(null);
        if (refused) throw refused;
        return result;
      }
      wait = Math.min(wait * 2, 30_000) || 2000;
      await new Promise((resolve) => {
        setTimeout(resolve, wait);
        addEventListener('online', resolve, { once: true });
        onOffline(() => resolve(null));
      });
    }
    return undefined;
  },
});
