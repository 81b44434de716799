// Alerts, the addresses of webhooks, and messages: of one state, of one broker, or to one of these addresses.

import { button, fill, h } from '../shared/core.js';
import { Alerts } from './alerts.js';
import { endpointList, hostOf, kindOf } from './endpoints.js';
import { retryButton } from './failures.js';
import { badge, list } from './list.js';
import { slotStart } from './unwritten.js';

/** @typedef {import('../calendar-console.js').CalendarConsole} Screen */
/** @typedef {import('./endpoints.js').Endpoint} Endpoint */
/** @typedef {'due' | 'sending' | 'sent' | 'failed' | 'skipped'} State */
/** @typedef {{ broker_name: string | null, timezone: string | null, slot_start: string | null, kind: string, channel: string, recipient: string, due_at: string, state: State, skip_reason: string | null, attempts: number, next_attempt_at: string | null, problem: string | null, sent_at: string | null, delivered_at: string | null, failure_id: number | null }} Message */

const MOST = 100;
/** @type {State[]} */
const STATES = ['failed', 'due', 'sending', 'sent', 'skipped'];

export class Messages {
  /** @param {Screen} screen */
  constructor(screen) {
    this.screen = screen;
    this.searches = true;
    this.turn = 0;
    /** @type {Endpoint | null} */
    this.chosen = null;
    this.alerts = new Alerts(screen, false);
    this.endpoints = h('div', {});
    this.state = h('select', { id: 'state', change: () => screen.reload() },
      h('option', { value: '' }, screen.say('anyState')), STATES.map((state) => h('option', { value: state }, this.word(state))));
    this.heading = h('h3', { tabindex: '-1' });
    this.all = button('dense', () => this.choose(null), screen.say('allMessages'));
    this.found = h('div', {});
    this.node = h('div', { class: 'stack' }, this.alerts.node, this.endpoints, h('div', { class: 'line' }, this.heading,
      h('div', { class: 'filter' }, this.all, h('div', { class: 'filter' }, h('label', { for: 'state' }, screen.say('state')), this.state))), this.found);
  }

  /** @param {string} search */
  async read(search) {
    const { screen, chosen } = this;
    const { api } = screen;
    const turn = ++this.turn;
    const [alerts, endpoints, messages] = await Promise.all([
      this.alerts.read(), api.get('rpc/list_webhook_endpoints', {}), api.get('rpc/list_notifications', {
        max_rows: MOST, search: search || null, state: this.state.value || null, endpoint_id: chosen && chosen.id,
      })]);
    // Another state or broker was asked for meanwhile.
    if (turn !== this.turn) return;
    const now = new Date().toISOString();
    this.alerts.show(alerts, now);
    fill(this.endpoints, endpointList(screen, endpoints, (endpoint) => this.choose(endpoint), now));
    this.show(messages, search, now);
  }

  /** @param {Endpoint | null} endpoint */
  choose(endpoint) {
    this.chosen = endpoint;
    this.state.value = '';
    this.screen.reload().then(() => this.heading.focus());
  }

  /** @param {Message[]} messages @param {string} search @param {string} now */
  show(messages, search, now) {
    const { screen, chosen } = this;
    const { say } = screen;
    fill(this.heading, chosen ? say('deliveriesTo', { host: hostOf(chosen) }) : say('messages'));
    this.all.hidden = !chosen;
    const to = (/** @type {Message} */ { channel, recipient }) =>
      (channel === 'webhook' ? say(channel) : `${say(channel)} · ${say(recipient === 'broker' ? 'toBroker' : recipient)}`);
    const rows = [];
    for (const message of messages) {
      rows[rows.length] = [
        [h('strong', {}, message.broker_name ?? say('operator')), h('span', { class: 'muted' }, to(message))],
        [kindOf(screen, message.kind),
          message.slot_start && message.timezone && h('div', { class: 'small muted' }, say('bookingOf', { when: slotStart(screen, message.slot_start, message.timezone) }))],
        h('span', { class: 'since' }, this.when(message, now)),
        [this.badge(message), h('div', { class: 'small muted' }, this.why(message, now))],
        message.failure_id ? h('div', { class: 'moves' }, retryButton(screen, message.failure_id, () => this.read(screen.search.value))) : null,
      ];
    }
    fill(this.found, list('', [say('broker'), say('what'), say('when'), say('state'), ''], rows,
      say(search && !this.state.value && !chosen ? 'noMessagesFound' : chosen ? 'noDeliveries' : 'noMessages')),
    rows.length === MOST && h('p', { class: 'small muted' }, say('firstOnly', { n: MOST })));
  }

  /** @param {State} state */
  word(state) {
    return this.screen.say(state === 'failed' ? 'failed_state' : state);
  }

  /** @param {Message} message */
  badge({ state, attempts, delivered_at: delivered }) {
    const word = delivered ? this.screen.say('delivered') : this.word(state);
    if (state === 'sent') return badge('good', word);
    if (state === 'failed') return badge('bad', word);
    return state === 'due' && attempts > 0 ? badge('warn', word) : h('span', { class: 'badge' }, word);
  }

  /** @param {Message} message @param {string} now */
  when({ state, sent_at: sent, due_at: due }, now) {
    const { screen } = this;
    if (sent) return screen.say('seen', { when: screen.ago(sent, now) });
    return state === 'due' && due > now ? screen.say('dueIn', { when: screen.ago(now, due) }) : screen.say('seen', { when: screen.ago(due, now) });
  }

  /** @param {Message} message @param {string} now */
  why({ state, skip_reason: reason, problem, attempts, next_attempt_at: next }, now) {
    const { screen } = this;
    if (state === 'skipped') return reason && screen.say(`why_${reason}`);
    if (state !== 'due' && state !== 'failed') return null;
    const said = [problem, attempts > 0 && screen.say('attempts', { n: attempts }),
      attempts > 0 && next && next > now && screen.say('nextIn', { when: screen.ago(now, next) })];
    return said.filter(Boolean).join(' · ');
  }
}
