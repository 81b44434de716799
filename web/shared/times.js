// Instants, days, months and zones, as people write them.

const { DateTimeFormat, Locale } = Intl;
const HOUR_MS = 3_600_000;
const numeric = 'numeric';
const long = 'long';

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const FORMATS = {
  day: { weekday: long, month: long, day: numeric },
  date: { month: long, day: numeric },
  number: { day: numeric },
  month: { year: numeric, month: long },
  monthName: { month: long },
  weekday: { weekday: long },
  short: { weekday: 'short' },
  time: { timeStyle: 'short' },
  full: { weekday: long, year: numeric, month: long, day: numeric },
  both: { weekday: long, month: long, day: numeric, hour: numeric, minute: '2-digit' },
  zone: { timeZoneName: 'short' },
  wall: { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric, hourCycle: 'h23' },
};

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

/** The wall clock of a zone, as if it were UTC. @param {number} ms @param {string} zone */
export function wall(ms, zone) {
  /** @type {Record<string, number>} */
  const read = {};
  for (const part of formatter('en-u-ca-gregory-nu-latn', zone, 'wall').formatToParts(ms)) read[part.type] = +part.value;
  return Date.UTC(read.year, read.month - 1, read.day, read.hour, read.minute, read.second);
}

/** In minutes. @param {number} ms @param {string} zone */
export const offset = (ms, zone) => Math.round((wall(ms, zone) - ms) / 60_000);

/** 2026-12-09 @param {number} ms @param {string} zone */
export const dayOf = (ms, zone) => dayText(wall(ms, zone));

/** @param {number} ms */
const dayText = (ms) => new Date(ms).toISOString().slice(0, 10);

/** @param {string} day @param {number} days */
export const addDays = (day, days) => dayText(at(day) + days * 24 * HOUR_MS);

/** @param {string} day */
export const monthOf = (day) => day.slice(0, 7);

/** @param {string} month 2026-12 @param {number} months */
export function addMonths(month, months) {
  return monthOf(dayText(Date.UTC(+month.slice(0, 4), +month.slice(5, 7) - 1 + months)));
}

/** @param {string} day @param {string} zone @returns {[string, string]} */
export function around(day, zone) {
  const start = at(day) - offset(at(day) + 12 * HOUR_MS, zone) * 60_000;
  return [new Date(start - 3 * HOUR_MS).toISOString(), new Date(start + 27 * HOUR_MS).toISOString()];
}

/** @param {string} month @param {number} first ISO weekday */
export function weeks(month, first) {
  /** @type {(string | null)[][]} */
  const rows = [];
  let column = (new Date(`${month}-01`).getUTCDay() + 7 - first) % 7;
  for (let day = `${month}-01`; monthOf(day) === month; day = addDays(day, 1)) {
    if (rows.length === 0 || column === 7) {
      rows[rows.length] = [null, null, null, null, null, null, null];
      column %= 7;
    }
    rows[rows.length - 1][column++] = day;
  }
  return rows;
}

export class Times {
  /** @param {string} locale */
  constructor(locale) {
    this.locale = locale;
    const known = /** @type {any} */ (new Locale(locale));
    this.firstWeekday = (known.getWeekInfo?.() ?? known.weekInfo)?.firstDay ?? 1;
    this.direction = (known.getTextInfo?.() ?? known.textInfo)?.direction ?? (/^(ar|fa|he|ur)/.test(locale) ? 'rtl' : 'ltr');
  }

  /** @param {string} name @param {string} when @param {string} [zone] */
  write(name, when, zone = 'UTC') {
    return formatter(this.locale, zone, name).format(at(when));
  }

  /** @param {string} day */
  number(day) {
    return formatter(this.locale, 'UTC', 'number').formatToParts(at(day))[0].value;
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
    return new Intl.DateTimeFormat('en', { timeZone: zone ?? undefined }).resolvedOptions().timeZone;
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

/** EST, where the locale has more than an offset. @param {string} locale @param {number} ms @param {string} zone */
function abbreviation(locale, ms, zone) {
  for (const part of formatter(locale, zone, 'zone').formatToParts(ms)) {
    if (part.type === 'timeZoneName' && !/^(GMT|UTC)|[-+\u2212\d]/.test(part.value)) return part.value;
  }
  return '';
}

/** UTC−5, UTC+5:45 @param {number} ms @param {string} zone */
export function offsetText(ms, zone) {
  const minutes = offset(ms, zone);
  const all = Math.abs(minutes);
  const rest = all % 60;
  return `UTC${minutes < 0 ? '−' : '+'}${(all - rest) / 60}${rest ? `:${rest < 10 ? '0' : ''}${rest}` : ''}`;
}

/** New York · EST, UTC−5; New York, EST (UTC−5); New York, EST; EST, UTC−5 @param {'label' | 'text' | 'short' | 'offset'} form @param {string} locale @param {number} ms @param {string} zone */
export function zoneName(form, locale, ms, zone) {
  const name = city(zone);
  const short = abbreviation(locale, ms, zone);
  const hours = offsetText(ms, zone);
  const both = `${short && `${short}, `}${hours}`;
  if (form === 'offset') return both;
  if (form === 'label') return `${name} · ${both}`;
  return `${name}, ${short || hours}${short && form === 'text' ? ` (${hours})` : ''}`;
}
