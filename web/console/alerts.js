// What agents have reported to operators: what is so first, then what is over.

import { button, fill, h } from '../shared/core.js';
import { badge, list } from './list.js';

/** @typedef {import('../calendar-console.js').CalendarConsole} Screen */
/** @typedef {{ key: string, problem: string, since: string, reports: number, ended_at: string | null }} Alert */

const FIRST = 20;
const MOST = 1000;

export class Alerts {
  /** @param {Screen} screen @param {boolean} onlyOpen */
  constructor(screen, onlyOpen) {
    this.screen = screen;
    this.onlyOpen = onlyOpen;
    this.showsAll = false;
    this.node = h('div', {});
  }

  /** @returns {Promise<Alert[]>} */
  read() {
    return this.screen.api.get('alerts', {
      select: 'key,problem,since,reports,ended_at', order: 'ended_at.desc.nullsfirst,since.desc,key', limit: MOST, ended_at: this.onlyOpen ? 'is.null' : null,
    });
  }

  /** @param {Alert[]} alerts @param {string} now */
  show(alerts, now) {
    const { screen } = this;
    const { say } = screen;
    if (this.onlyOpen && alerts.length === 0) {
      fill(this.node);
      return;
    }
    const rows = [];
    for (const alert of this.showsAll ? alerts : alerts.slice(0, FIRST)) {
      const isOpen = alert.ended_at === null;
      rows[rows.length] = [
        [h('strong', {}, alert.problem), h('span', { class: 'small muted' }, alert.key)],
        [badge(isOpen ? 'bad' : 'good', say(isOpen ? 'alertOpen' : 'alertOver')),
          !isOpen && h('div', { class: 'small muted' }, say('alertOverSince', { when: screen.ago(alert.ended_at, now) }))],
        h('span', { class: 'since' }, screen.ago(alert.since, now)),
        say('reported', { n: alert.reports }),
      ];
    }
    const all = alerts.length === MOST ? `${MOST}+` : `${alerts.length}`;
    const more = alerts.length > rows.length && button('dense', () => {
      this.showsAll = true;
      this.show(alerts, now);
      const heading = this.node.querySelector('h3');
      heading?.setAttribute('tabindex', '-1');
      heading?.focus();
    }, say('showAll', { all }));
    fill(this.node, list(say(this.onlyOpen ? 'openAlerts' : 'alerts'), [say('what'), say('state'), say('since'), ''], rows, say('noAlerts')),
      more ? h('div', { class: 'line' }, h('p', { class: 'small muted' }, say('firstOf', { n: rows.length, all })), more)
        : alerts.length === MOST && h('p', { class: 'small muted' }, say('firstOf', { n: MOST, all })));
  }
}
