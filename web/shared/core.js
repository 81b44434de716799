// What every element is made of: nodes, words, times, calls.

import en from '../words/en.js';

const { DateTimeFormat, Locale } = Intl;
const HOUR_MS = 3_600_000;
const PATIENCE_MS = 15_000;

/** @template {keyof HTMLElementTagNameMap} Name @param {Name} name @param {Record<string, any>} [attributes] @param {...(Child | Child[])} children */
export function h(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (typeof value === 'function') {
      node.addEventListener(key, value);
    } else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(key, value === true ? '' : value);
      if (key === 'class') node.setAttribute('part', value);
    }
  }
  add(node, children);
  return node;
}

/** @param {string} look @param {(() => void) | null} click @param {Child} text */
export const button = (look, click, text) => h('button', { type: 'button', class: look, click }, text);

/** @param {Node} node @param {(Child | Child[])[]} children */
function add(node, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (typeof child === 'string') node.appendChild(document.createTextNode(child));
    else if ('nodeType' in child) node.appendChild(child);
    else add(node, child);
  }
}

/** @param {Node} node @param {...(Child | Child[])} children */
export function fill(node, ...children) {
  node.textContent = '';
  add(node, children);
}

/** @param {Element} node @param {string} name @param {unknown} isOn */
export function mark(node, name, isOn) {
  if (isOn) node.setAttribute(name, 'true');
  else node.removeAttribute(name);
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

  /** @param {string} type @param {Record<string, unknown>} detail ids and times, never names */
  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

/** @type {Record<string, () => Promise<{ default: Dictionary }>>} */
const LANGUAGES = {
  de: () => import('../words/de.js'),
  en: () => import('../words/en.js'),
  es: () => import('../words/es.js'),
  fr: () => import('../words/fr.js'),
};

/** @param {string} tag */
const loader = (tag) => Object.hasOwn(LANGUAGES, tag.slice(0, 2)) && LANGUAGES[tag.slice(0, 2)];

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
  for (const tag of navigator.languages ?? [navigator.language]) {
    if (!isLocale(tag)) continue;
    if (wanted ? tag.slice(0, 2) === wanted : loader(tag)) return tag;
    first ||= tag;
  }
  return wanted && isLocale(wanted) ? wanted : first || 'en';
}

export class Words {
  /** @param {string} [locale] @param {Dictionary} [words] */
  constructor(locale = 'en', words = en) {
    this.locale = locale;
    this.plurals = new Intl.PluralRules(locale);
    this.numbers = new Intl.NumberFormat(locale);
    this.words = words;
  }

  /** @param {string} key @param {Record<string, string | number>} [values] @returns {string} */
  say(key, values = {}) {
    const found = this.words[key] ?? en[key];
    const text = typeof found === 'string' ? found : found[this.plurals.select(+values.n)] ?? found.other;
    let out = '';
    let from = 0;
    for (let open = text.indexOf('{'); open >= 0; open = text.indexOf('{', from)) {
      const close = text.indexOf('}', open);
      const value = values[text.slice(open + 1, close)];
      out += text.slice(from, open) + (typeof value === 'number' ? this.numbers.format(value) : value);
      from = close + 1;
    }
    return out + text.slice(from);
  }
}

/** @param {string} locale @param {Dictionary | null} own */
export async function loadWords(locale, own) {
  const load = loader(locale);
  const words = own ?? (load && (await load()).default);
  return words ? new Words(locale, words) : new Words();
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

/** @type {Map<string, Intl.DateTimeFormat>} */
const made = new Map();

/** @param {string} locale @param {string} zone @param {string} name */
export function formatter(locale, zone, name) {
  const key = `${locale} ${zone} ${name}`;
  let found = made.get(key);
  if (!found) made.set(key, found = new DateTimeFormat(locale, { ...FORMATS[name], timeZone: zone }));
  return found;
}

/** @param {string} instant or day */
export const at = (instant) => Date.parse(instant);

/** @param {number} ms */
export const instant = (ms) => new Date(ms).toISOString();

/** As if it were UTC. @param {number} ms @param {string} zone */
export function wall(ms, zone) {
  /** @type {Record<string, number>} */
  const read = {};
  for (const part of formatter('en-u-ca-gregory-nu-latn', zone, 'wall').formatToParts(ms)) read[part.type] = +part.value;
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

export class Times {
  constructor(locale = 'en') {
    this.locale = locale;
    const known = /** @type {any} */ (new Locale(locale));
    this.firstWeekday = (known.getWeekInfo?.() ?? known.weekInfo)?.firstDay ?? 1;
    this.direction = (known.getTextInfo?.() ?? known.textInfo)?.direction ?? (/^(ar|fa|he|ur)/.test(locale) ? 'rtl' : 'ltr');
  }

  /** @param {string} name @param {string} when @param {string} [zone] */
  write(name, when, zone = 'UTC') {
    return formatter(this.locale, zone, name).format(at(when));
  }

  /** @param {Slot} slot @param {string} zone */
  span({ slot_start: start, slot_end: end }, zone) {
    if (dayOf(at(start), zone) === dayOf(at(end), zone)) return formatter(this.locale, zone, 'time').formatRange(at(start), at(end));
    return `${this.write('time', start, zone)} – ${this.write('time', end, zone)}`;
  }
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

/** @param {ZoneForm} form @param {string} locale @param {number} ms @param {string} zone */
export function zoneName(form, locale, ms, zone) {
  const name = city(zone);
  const hours = offsetText(ms, zone);
  let short = '';
  for (const { type, value } of formatter(locale, zone, 'zone').formatToParts(ms)) {
    if (type === 'timeZoneName' && !/^(GMT|UTC)|[-+\u2212\d]/.test(value)) short = value;
  }
  const both = `${short && `${short}, `}${hours}`;
  if (form === 'offset') return both;
  if (form === 'label') return `${name} · ${both}`;
  return `${name}, ${short || hours}${short && form === 'text' ? ` (${hours})` : ''}`;
}

export class Refusal extends Error {
  /** @param {Kind} kind @param {string} message @param {RefusalDetail} [detail] */
  constructor(kind, message, detail = {}) {
    super(message);
    this.kind = kind;
    this.reason = detail.reason ?? '';
    this.alternatives = detail.alternatives ?? [];
    this.retryAfter = detail.retry_after ?? 60;
  }
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

/** @type {Record<number, Kind>} */
const KINDS = { 401: 'denied', 403: 'denied', 404: 'unknown', 409: 'conflict', 429: 'limited' };

/** @param {number} status @param {any} body */
function refusal(status, body) {
  const code = body?.code;
  let detail;
  try {
    detail = JSON.parse(body.details) ?? undefined;
  } catch { /* not every error has JSON there */ }
  const kind = code === 'PT401' ? 'unknown' : code === '22023' ? 'input' : KINDS[status] ?? (status < 500 ? 'failed' : 'offline');
  return new Refusal(kind, body?.message ?? `${status}`, detail);
}

export class Api {
  /** @param {string} base @param {string | null} key @param {AccessToken | null} [accessToken] */
  constructor(base, key, accessToken) {
    this.base = new URL(base, document.baseURI).href.replace(/\/*$/, '/');
    this.key = key;
    this.accessToken = accessToken;
  }

  /** @param {string} path @param {Record<string, any>} parameters */
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
  }

  /** @param {string} name @param {Record<string, any>} parameters */
  call(name, parameters) {
    return this.send('POST', `rpc/${name}`, json(parameters));
  }

  /** @param {string} method @param {string} path @param {string} [body] @returns {Promise<any>} */
  async send(method, path, body) {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), PATIENCE_MS);
    /** @type {Record<string, string>} */
    const headers = { [body ? 'Content-Profile' : 'Accept-Profile']: 'calendar' };
    if (body) headers['Content-Type'] = 'application/json';
    if (this.key) headers.apikey = this.key;
    const token = await this.accessToken?.();
    if (token) headers.Authorization = `Bearer ${token}`;
    let answer, read;
    try {
      answer = await fetch(this.base + path, {
        method, headers, body, signal: limit.signal, cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer',
      });
      const text = await answer.text();
      read = text && JSON.parse(text);
    } catch (error) {
      throw new Refusal('offline', `${error}`);
    } finally {
      clearTimeout(timer);
    }
    if (!answer.ok) throw refusal(answer.status, read);
    return read;
  }
}

export class Attempt {
  /** @param {(again: (() => void) | null) => void} onOffline */
  constructor(onOffline) {
    this.onOffline = onOffline;
    this.turn = 0;
  }

  /** Nothing where another has begun. @template T @param {() => Promise<T>} action */
  async run(action) {
    const turn = ++this.turn;
    for (let wait = 0; ; wait = Math.min(wait * 2, 30_000) || 2000) {
      if (wait) {
        await new Promise((resolve) => {
          setTimeout(resolve, wait);
          addEventListener('online', resolve, { once: true });
          this.onOffline(() => resolve(null));
        });
      }
      if (turn !== this.turn) return undefined;
      let result, refused;
      try {
        result = await action();
      } catch (error) {
        refused = /** @type {Refusal} */ (error);
      }
      if (turn !== this.turn) return undefined;
      if (refused?.kind === 'offline') continue;
      if (wait) this.onOffline(null);
      if (refused) throw refused;
      return result;
    }
  }
}
