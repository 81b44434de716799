// All calendars, those with a problem first; and one of them with what happened to it.

import { button, fill, h } from '../shared/core.js';
import { badge, list } from './list.js';
import { asked } from './now.js';

/** @typedef {import('../calendar-console.js').CalendarConsole} Screen */
/** @typedef {{ calendar_id: string, account_id: string, broker_name: string, broker_email: string | null, provider: string, display_name: string, account_status: string, problem: string | null, last_success_at: string | null, next_attempt_at: string | null }} Row */
/** @typedef {{ pulls: { logged_at: string, is_full: boolean, created: number, updated: number, deleted: number, rejected: number, problem: string | null }[], rejected: { external_event_id: string | null, reason: string }[] }} Log */

const MOST = 200;

export class Calendars {
  /** @param {Screen} screen */
  constructor(screen) {
    this.screen = screen;
    this.searches = true;
    this.node = h('div', { class: 'stack' });
    /** @type {Row | null} */
    this.chosen = null;
  }

  /** @param {string} search */
  async read(search) {
    const { screen } = this;
    if (this.chosen && search === this.searched) {
      this.showOne(this.chosen, await screen.api.get('rpc/get_calendar_log', { calendar_id: this.chosen.calendar_id }));
      return;
    }
    this.chosen = null;
    this.searched = search;
    this.show(await screen.api.get('rpc/search_calendars', { search: search || null, max_rows: MOST }));
  }

  /** @param {Row[]} rows */
  show(rows) {
    const { screen } = this;
    const { say } = screen;
    const now = new Date().toISOString();
    const cells = [];
    for (const row of rows) {
      cells[cells.length] = [
        [button('name', () => this.choose(row), row.broker_name), h('span', { class: 'muted' }, `${say(row.provider)} · ${row.display_name}`)],
        state(screen, row),
        h('span', { class: 'since' }, screen.ago(row.last_success_at, now)),
        h('div', { class: 'moves' }, button('dense', () => this.sync(row), say('tryNow'))),
      ];
    }
    fill(this.node, list(say('calendars'), [say('calendar'), say('what'), say('lastRead'), ''], cells, say('noneFound')),
      rows.length === MOST && h('p', { class: 'small muted' }, say('firstOnly', { n: MOST })));
  }

  /** @param {Row} row */
  choose(row) {
    this.chosen = row;
    this.screen.reload().then(() => this.heading?.focus());
  }

  /** @param {Row} row @param {Log} log */
  showOne(row, log) {
    const { screen } = this;
    const { say } = screen;
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const pulls = [];
    for (const pull of log.pulls) {
      pulls[pulls.length] = [
        h('span', {}, screen.times.write('both', pull.logged_at, zone)),
        pull.problem ? badge('bad', pull.problem) : say(pull.is_full ? 'fullPull' : 'changes', { created: pull.created, updated: pull.updated, deleted: pull.deleted }),
        pull.rejected > 0 ? say('rejectedEvents', { n: pull.rejected }) : '',
      ];
    }
    const rejected = [];
    for (const event of log.rejected) rejected[rejected.length] = [h('span', {}, event.external_event_id ?? ''), event.reason];
    this.heading = h('h3', { tabindex: '-1' }, `${row.broker_name} · ${row.display_name}`);
    fill(this.node,
      h('section', { class: 'card part' },
        h('div', { class: 'line' }, h('div', {}, this.heading, h('p', { class: 'small muted' }, say(row.provider)), state(screen, row)),
          h('div', { class: 'row tight' },
            button('dense', () => this.sync(row), say('tryNow')),
            button('dense', () => this.resync(row), say('readAll')),
            button('dense', () => { this.chosen = null; this.searched = undefined; screen.reload(); }, say('backToAll'))))),
      list(say('pulls'), [say('when'), say('what'), ''], pulls, say('nothingChanged')),
      rejected.length > 0 && list(say('notUnderstood'), [say('event'), say('why')], rejected, ''));
  }

  /** @param {Row} row */
  sync({ calendar_id: calendar }) {
    const { screen } = this;
    screen.act(() => screen.api.call('request_sync', { calendar_id: calendar }), (answer) => screen.report(asked(screen, answer)));
  }

  /** @param {Row} row */
  resync({ calendar_id: calendar }) {
    const { screen } = this;
    screen.act(() => screen.api.call('request_resync', { calendar_id: calendar }), () => screen.report(screen.say('asked')));
  }
}

/** @param {Screen} screen @param {Row} row */
function state(screen, { account_status: status, problem }) {
  const kind = status === 'needs_reconnect' ? 'bad' : problem ? 'warn' : 'good';
  const word = status === 'active' ? (problem ? 'behind' : 'isUpToDate') : status;
  return h('div', {}, badge(kind, screen.say(word)), problem && h('div', { class: 'small muted' }, problem));
}
