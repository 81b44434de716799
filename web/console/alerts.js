// What agents have reported to operators: what is so first, then what is over.

import { h } from '../shared/element.js';
import { badge, list } from './list.js';

/** @typedef {import('../calendar-console.js').CalendarConsole} Screen */
/** @typedef {{ key: string, problem: string, since: string, reports: number, ended_at: string | null }} Alert */

const MOST = 20;

/** @param {Screen} screen @param {boolean} onlyOpen @returns {Promise<Alert[]>} */
export const readAlerts = (screen, onlyOpen) => screen.api.get('alerts', {
  select: 'key,problem,since,reports,ended_at', order: 'ended_at.desc.nullsfirst,since.desc,key', limit: MOST, ended_at: onlyOpen ? 'is.null' : null,
});

/** @param {Screen} screen @param {string} title @param {Alert[]} alerts @param {string} now */
export function alertList(screen, title, alerts, now) {
  const say = screen.say.bind(screen);
  const rows = [];
  for (const alert of alerts) {
    const isOpen = alert.ended_at === null;
    rows[rows.length] = [
      [h('strong', {}, alert.problem), h('span', { class: 'small muted' }, alert.key)],
      [badge(isOpen ? 'bad' : 'good', say(isOpen ? 'alertOpen' : 'alertOver')),
        !isOpen && h('div', { class: 'small muted' }, say('alertOverSince', { when: screen.ago(alert.ended_at, now) }))],
      h('span', { class: 'since' }, screen.ago(alert.since, now)),
      say('reported', { n: alert.reports }),
    ];
  }
  return list(title, [say('what'), say('state'), say('since'), ''], rows, say('noAlerts'));
}
