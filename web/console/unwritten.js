// Changes of bookings that are not at their provider yet.

import { at, button, fill, h } from '../shared/core.js';
import { list } from './list.js';
import { asked } from './now.js';

/** @typedef {import('../calendar-console.js').CalendarConsole} Screen */
/** @typedef {{ booking_id: string, broker_name: string, calendar_id: string, provider: string, operation: string, timezone: string, slot_start: string, since: string, attempts: number, next_attempt_at: string, problem: string | null }} Row */

export class Unwritten {
  /** @param {Screen} screen */
  constructor(screen) {
    this.screen = screen;
    this.node = h('div', {});
  }

  async read() {
    const { screen } = this;
    const { say } = screen;
    const rows = /** @type {Row[]} */ (await screen.api.get('rpc/list_unwritten', {}));
    const now = new Date().toISOString();
    const cells = [];
    for (const row of rows) {
      cells[cells.length] = [
        [h('strong', {}, row.broker_name), h('span', { class: 'muted' }, say(row.provider))],
        [say(`to_${row.operation}`, { when: slotStart(screen, row.slot_start, row.timezone) }), row.problem && h('div', { class: 'small muted' }, row.problem)],
        h('span', { class: 'since' }, screen.ago(row.since, now)),
        say('attempts', { n: row.attempts }),
        h('div', { class: 'moves' }, button('dense', () => this.write(row), say('writeNow'))),
      ];
    }
    fill(this.node, list(say('unwritten'), [say('broker'), say('what'), say('since'), '', ''], cells, say('allWritten')));
  }

  /** @param {Row} row */
  write({ calendar_id: calendar }) {
    const { screen } = this;
    screen.act(() => screen.api.call('request_sync', { calendar_id: calendar, direction: 'to_calendar' }),
      (answer) => screen.report(asked(screen, answer)));
  }
}

/** Wednesday, December 9 at 10:00 AM EST @param {Screen} screen @param {string} start @param {string} zone */
export const slotStart = (screen, start, zone) => `${screen.times.write('both', start, zone)} ${screen.times.zoneName('offset', at(start), zone)}`;
