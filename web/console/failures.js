// What failed and has been neither retried nor dismissed.

import { button, fill, h } from '../shared/core.js';
import { kindOf } from './endpoints.js';
import { list } from './list.js';
import { slotStart } from './unwritten.js';

/** @typedef {import('../calendar-console.js').CalendarConsole} Screen */
/** @typedef {{ id: number, broker_name: string | null, display_name: string | null, booking_id: string | null, timezone: string | null, slot_start: string | null, message: { kind: string, channel: string } | null, operation: string, reason: string, logged_at: string }} Row */

const MOST = 100;

export class Failures {
  /** @param {Screen} screen */
  constructor(screen) {
    this.screen = screen;
    this.node = h('div', { class: 'stack' });
  }

  async read() {
    const { screen } = this;
    const { say } = screen;
    const rows = /** @type {Row[]} */ (await screen.api.get('rpc/list_failures', { max_rows: MOST }));
    const now = new Date().toISOString();
    const cells = [];
    for (const row of rows) {
      cells[cells.length] = [
        [h('strong', {}, row.broker_name ?? say('operator')), h('span', { class: 'muted' }, row.display_name ?? '')],
        [row.reason, h('div', { class: 'small muted' }, row.message ? `${kindOf(screen, row.message.kind)} · ${say(row.message.channel)}` : row.operation)],
        h('span', { class: 'since' }, screen.ago(row.logged_at, now)),
        row.slot_start && row.timezone ? say('bookingOf', { when: slotStart(screen, row.slot_start, row.timezone) }) : '',
        h('div', { class: 'moves' }, retryButton(screen, row.id, () => this.read()),
          keyed(`dismiss ${row.id}`, button('dense', () => this.dismiss(row), say('dismiss')))),
      ];
    }
    fill(this.node, list(say('failures'), [say('broker'), say('what'), say('since'), say('atStake'), ''], cells, say('noFailures')),
      rows.length === MOST && h('p', { class: 'small muted' }, say('firstOnly', { n: MOST })));
  }

  /** @param {Row} row */
  dismiss({ id }) {
    const { screen } = this;
    screen.act(async () => {
      await screen.api.call('dismiss_failure', { failure_id: id });
      await this.read();
    }, () => screen.report(screen.say('dismissed')));
  }
}

/** The focus does not go to the button of another failure of the same broker. @param {string} key @param {HTMLElement} made */
function keyed(key, made) {
  made.setAttribute('data-key', key);
  return made;
}

/** Has a failure tried again. @param {Screen} screen @param {number} id @param {() => Promise<unknown>} read what is shown */
export const retryButton = (screen, id, read) => keyed(`retry ${id}`, button('dense', () => {
  screen.act(async () => {
    const { retries } = await screen.api.call('retry_failure', { failure_id: id });
    await read();
    return retries;
  }, (retries) => screen.report(screen.say(retries === 'nothing' ? 'nothingToRetry' : 'retried')));
}, screen.say('retry')));
