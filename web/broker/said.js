// How the facts of a meeting type are said within a line.

/** @typedef {import('../calendar-connections.js').CalendarConnections} Screen */

/** 30 or 60 min @param {Screen} screen @param {number[]} durations */
export function lengths(screen, durations) {
  const list = new Intl.ListFormat(screen.wordsLocale, { type: 'disjunction' });
  return screen.say('minutes', { n: list.format(durations.map(String)) });
}

/** A label within a line: German nouns stay as they are. @param {Screen} screen @param {string} label */
export function within({ wordsLocale: locale }, label) {
  return /^de\b/.test(locale) ? label : label.charAt(0).toLocaleLowerCase(locale) + label.slice(1);
}
