// Which messages are sent: to leads and to the broker, by e-mail and by SMS.

import { fill, h } from '../shared/core.js';

/** @typedef {import('../calendar-connections.js').CalendarConnections} Screen */
/** @typedef {'lead' | 'broker'} Recipient */
/** @typedef {'email' | 'sms'} Channel */

const OF_BOOKINGS = ['booked', 'requested', 'confirmed', 'declined', 'rescheduled', 'cancelled', 'reminder', 'booking_failed'];
/** @type {Record<Recipient, string[]>} */
const KINDS = { lead: OF_BOOKINGS, broker: [...OF_BOOKINGS, 'manual_booking', 'unwritten', 'needs_reconnect', 'sync_failing'] };
/** @type {Recipient[]} */
const RECIPIENTS = ['lead', 'broker'];
/** @type {Channel[]} */
const CHANNELS = ['email', 'sms'];
const URGENT = ['booking_failed', 'manual_booking', 'unwritten'];

/** What is sent where the broker has said nothing. @param {Recipient} to @param {Channel} channel */
const usual = (to, channel) => KINDS[to].filter((kind) =>
  (channel === 'email' ? to === 'lead' || kind !== 'reminder' : to === 'broker' && URGENT.includes(kind)));

export class Kinds {
  /** @param {Screen} screen */
  constructor(screen) {
    this.screen = screen;
    this.nodes = RECIPIENTS.map(() => h('section', { class: 'card part' }));
    /** @type {Record<string, HTMLInputElement[]>} */
    this.boxes = {};
  }

  /** @param {Record<string, any>} notify */
  take(notify) {
    const { screen } = this;
    for (const [at, to] of RECIPIENTS.entries()) {
      const title = screen.say(`to_${to}`);
      for (const channel of CHANNELS) {
        const wanted = notify[to]?.[channel] ?? usual(to, channel);
        this.boxes[`${to} ${channel}`] = KINDS[to].map((kind) => h('input', {
          type: 'checkbox', value: kind, checked: wanted.includes(kind), 'aria-label': `${screen.say(`kind_of_${kind}`)}, ${screen.say(channel)}`,
        }));
      }
      const rows = KINDS[to].map((kind, row) => h('tr', {}, h('th', { scope: 'row' }, screen.say(`kind_of_${kind}`)),
        CHANNELS.map((channel) => h('td', {}, h('label', { class: 'check' }, this.boxes[`${to} ${channel}`]?.[row])))));
      fill(/** @type {HTMLElement} */ (this.nodes[at]), h('table', { class: 'kinds' }, h('caption', {}, h('h3', {}, title)),
        h('thead', {}, h('tr', {}, h('td', {}), CHANNELS.map((channel) => h('th', { scope: 'col' }, screen.say(channel))))), h('tbody', {}, rows)));
    }
  }

  /** What is ticked, for brokers.notify; the usual is left out where nothing else was stored. @param {Record<string, any>} stored */
  made(stored) {
    /** @type {Record<string, Record<string, string[]>>} */
    const made = {};
    for (const to of RECIPIENTS) {
      for (const channel of CHANNELS) {
        const ticked = (this.boxes[`${to} ${channel}`] ?? []).filter((box) => box.checked).map((box) => box.value);
        if (!stored[to]?.[channel] && `${ticked}` === `${usual(to, channel)}`) continue;
        made[to] = { ...made[to], [channel]: ticked };
      }
    }
    return made;
  }
}
