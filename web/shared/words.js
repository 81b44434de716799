// The languages, loaded when they are used.

import en from '../words/en.js';

/** @type {Record<string, () => Promise<{ default: Dictionary }>>} */
const LANGUAGES = {
  de: () => import('../words/de.js'),
  en: async () => ({ default: en }),
  es: () => import('../words/es.js'),
  fr: () => import('../words/fr.js'),
};

/** @param {string} tag */
const loader = (tag) => Object.hasOwn(LANGUAGES, tag.slice(0, 2)) && LANGUAGES[tag.slice(0, 2)];

/** @param {string} tag */
function isLocale(tag) {
  try {
    return new Intl.Locale(tag) && true;
  } catch {
    return false;
  }
}

/** The wanted one, in the visitor's region; else the visitor's first that has words here. @param {string | null} wanted */
export function chooseLocale(wanted) {
  let first = '';
  for (const tag of navigator.languages ?? [navigator.language]) {
    if (!isLocale(tag)) continue;
    if (wanted ? tag.slice(0, 2) === wanted : loader(tag)) return tag;
    first = first || tag;
  }
  return wanted && isLocale(wanted) ? wanted : first || 'en';
}

export class Words {
  /** @param {string} locale @param {Dictionary} words */
  constructor(locale, words) {
    this.plurals = new Intl.PluralRules(locale);
    this.numbers = new Intl.NumberFormat(locale);
    this.words = words;
  }

  /** @param {string} key @param {Record<string, string | number>} [values] @returns {string} */
  say(key, values = {}) {
    const found = this.words[key] ?? /** @type {Dictionary} */ (en)[key];
    const text = typeof found === 'string' ? found : /** @type {any} */ (found)[this.plurals.select(+values.n)] ?? found.other;
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
  if (own) return new Words(locale, own);
  return load ? new Words(locale, (await load()).default) : new Words('en', en);
}
