// Four figures, then what is wrong, worst first, and what is reported to operators.

import { at, button, fill, h } from '../shared/core.js';
import { Alerts } from './alerts.js';
import { badge, list } from './list.js';

/** @typedef {import('../calendar-console.js').CalendarConsole} Screen */
/** @typedef {{ kind: 'reconnect' | 'gone' | 'behind' | 'rejected', calendar_id: string, account_id: string, broker_name: string, provider: string, display_name: string, problem: string, since: string | null, unwritten_bookings: number }} Problem */
/** @typedef {{ now: string, brokers: number, calendars: number, up_to_date: number, oldest_success_at: string | null, bookings_to_write: number, oldest_due_at: string | null, failures_today: number, open_failures: number, wrong: number, problems: Problem[], agents: { last_seen_at: string }[] }} Overview */

const GOAL_MS = 5 * 60_000;
/** @type {Record<Problem['kind'], 'bad' | 'warn'>} */
const SIGNS = { reconnect: 'bad', gone: 'bad', behind: 'warn', rejected: 'warn' };

export class Now {
  /** @param {Screen} screen */
  constructor(screen) {
    this.screen = screen;
    this.tiles = h('div', { class: 'tiles' });
    this.wrong = h('div', {});
    this.alerts = new Alerts(screen, true);
    this.node = h('div', { class: 'stack' }, this.tiles, this.wrong, this.alerts.node);
  }

  async figures() {
    const overview = /** @type {Overview} */ (await this.screen.api.get('rpc/get_overview', {}));
    this.showFigures(overview);
    return overview;
  }

  async read() {
    const [overview, alerts] = await Promise.all([this.figures(), this.alerts.read()]);
    this.showWrong(overview);
    this.alerts.show(alerts, overview.now);
  }

  /** @param {Overview} overview */
  showFigures(overview) {
    const { screen } = this;
    const { now } = overview;
    const { say } = screen;
    const isLate = overview.oldest_success_at !== null && at(now) - at(overview.oldest_success_at) > GOAL_MS;
    const seen = overview.agents[0];
    fill(screen.summary, seen
      ? say('summary', { brokers: overview.brokers, calendars: overview.calendars, n: overview.agents.length, when: screen.ago(seen.last_seen_at, now) })
      : say('noAgentSeen', { brokers: overview.brokers, calendars: overview.calendars }));
    fill(this.tiles,
      tile(say('upToDate'), `${overview.up_to_date}`, say('ofCalendars', { n: overview.calendars })),
      tile(say('oldest'), overview.calendars > 0 ? screen.ago(overview.oldest_success_at, now) : '–', isLate ? badge('bad', say('goal')) : say('goal')),
      tile(say('unwritten'), `${overview.bookings_to_write}`, overview.oldest_due_at ? say('oldestDue', { when: screen.ago(overview.oldest_due_at, now) }) : say('nothingWaits')),
      tile(say('failuresToday'), `${overview.failures_today}`, say('stillOpen', { n: overview.open_failures })));
  }

  /** @param {Overview} overview */
  showWrong({ now, problems, wrong, calendars }) {
    const { screen } = this;
    const { say } = screen;
    /** @type {import('./list.js').Cell[][]} */
    const rows = [];
    for (const one of problems) {
      rows[rows.length] = [
        [h('strong', {}, one.broker_name), h('span', { class: 'muted' }, `${say(one.provider)} · ${one.display_name}`)],
        [badge(SIGNS[one.kind], say(one.kind)), h('div', { class: 'small muted' }, one.problem)],
        h('span', { class: 'since' }, screen.ago(one.since, now)),
        one.unwritten_bookings > 0 ? say('notWritten', { n: one.unwritten_bookings }) : say('timesMayBeWrong'),
        h('div', { class: 'moves' }, one.kind === 'reconnect'
          ? button('dense', () => this.copyLink(one), say('copyReconnect'))
          : button('dense', () => this.tryNow(one), say('tryNow'))),
      ];
    }
    fill(this.wrong, list(say('whatIsWrong'), [say('calendar'), say('what'), say('since'), say('atStake'), ''], rows,
      say(calendars > 0 ? 'allWell' : 'noCalendars')),
    wrong > problems.length && h('p', { class: 'small muted' }, say('more', { n: wrong - problems.length })));
  }

  /** @param {Problem} problem */
  copyLink({ account_id: account, provider, broker_name: name }) {
    const { screen } = this;
    screen.act(async () => {
      const address = await screen.api.call('begin_connection', { provider, account_id: account });
      await navigator.clipboard.writeText(address);
    }, () => screen.report(screen.say('linkCopied', { name })));
  }

  /** @param {Problem} problem */
  tryNow({ calendar_id: calendar }) {
    const { screen } = this;
    screen.act(() => screen.api.call('request_sync', { calendar_id: calendar }), (answer) => screen.report(asked(screen, answer)));
  }
}

/** @param {string} label @param {string} figure @param {Child} below */
const tile = (label, figure, below) => h('div', { class: 'card tile' }, h('span', { class: 'small muted' }, label), h('strong', {}, figure), h('span', { class: 'small muted' }, below));

/** What became of a request to sync. @param {Screen} screen @param {{ calendars: { state: string, paused_until: string | null }[] }} answer */
export function asked(screen, { calendars }) {
  for (const { state, paused_until: until } of calendars) {
    if (state === 'paused' && until) return screen.say('pausedUntil', { when: screen.times.write('time', until, Intl.DateTimeFormat().resolvedOptions().timeZone) });
    if (state === 'off') return screen.say('switchedOff');
  }
  return screen.say('asked');
}
