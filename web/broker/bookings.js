// A broker's bookings by day, each with what its state allows.

import { around, at, button, city, dayOf, fill, h, offset } from '../shared/core.js';

/** @typedef {import('../calendar-connections.js').CalendarConnections} Screen */
/** @typedef {{ id: string, status: string, slot_start: string, slot_end: string, title: string | null, lead_name: string | null, lead_email: string | null, lead_phone: string | null, lead_timezone: string | null, problem: string | null, declined_at: string | null, meeting_type_id: string | null, meeting_types: { name: string } | null }} Row */

export class Bookings {
  /** @param {Screen} screen */
  constructor(screen) {
    this.screen = screen;
    this.isDirty = false;
    this.list = 'upcoming';
    this.wanted = '';
    this.days = h('div', { class: 'stack' });
    const search = h('input', {
      type: 'search', placeholder: screen.say('search'), 'aria-label': screen.say('search'),
      input: () => { this.wanted = search.value.toLowerCase(); this.show(); },
    });
    const lists = [];
    for (const list of ['upcoming', 'past', 'cancelledList']) {
      lists.push(h('label', {}, h('input', {
        type: 'radio', name: 'list', checked: list === this.list,
        change: () => { this.list = list; screen.reload(); },
      }), screen.say(list)));
    }
    this.node = h('div', { class: 'stack' }, h('div', { class: 'line' },
      h('div', { class: 'segments', role: 'radiogroup', 'aria-label': screen.say('bookings') }, lists), h('div', { class: 'finder' }, search)), this.days);
    /** @type {Row[]} */
    this.rows = [];
  }

  async read() {
    const { api, broker } = this.screen;
    const now = new Date().toISOString();
    const which = this.list === 'upcoming' ? { slot_end: `gt.${now}`, status: 'in.(pending,confirmed)', order: 'slot_start' }
      : this.list === 'past' ? { slot_end: `lte.${now}`, status: 'in.(pending,confirmed,completed,no_show)', order: 'slot_start.desc' }
        : { status: 'in.(cancelled,failed)', lead_name: 'not.is.null', order: 'slot_start.desc' };
    this.rows = await api.get('bookings', {
      select: 'id,status,slot_start,slot_end,title,lead_name,lead_email,lead_phone,lead_timezone,problem,declined_at,meeting_type_id,meeting_types(name)',
      broker_id: `eq.${broker.id}`, limit: 200, ...which,
    });
    this.show();
  }

  show() {
    const { screen } = this;
    const { times, broker: { timezone } } = screen;
    const cards = [];
    let day = '';
    let card;
    for (const row of this.rows) {
      const said = `${row.lead_name} ${row.lead_email} ${row.lead_phone}`.toLowerCase();
      if (!said.includes(this.wanted)) continue;
      const its = dayOf(at(row.slot_start), timezone);
      if (its !== day) {
        day = its;
        const name = times.write('day', day);
        card = h('section', { class: 'card', 'aria-label': name },
          h('h3', { class: 'day-head' }, day === dayOf(Date.now(), timezone) ? screen.say('today', { day: name }) : name));
        cards.push(card);
      }
      card?.append(this.row(row));
    }
    fill(this.days, cards.length > 0 ? cards : h('p', { class: 'muted' }, screen.say('none')));
  }

  /** @param {Row} row */
  row(row) {
    const { screen } = this;
    const { times, broker: { timezone } } = screen;
    const name = row.lead_name ?? screen.say('nameless');
    const signs = /** @type {Record<string, [string, string]>} */ ({ confirmed: ['good', '●'], pending: ['warn', '◆'], failed: ['bad', '▲'] });
    const [look, sign] = row.problem ? ['warn', '◆'] : signs[row.status] ?? ['', ''];
    const word = row.problem ? 'unwritten' : row.status === 'failed' ? 'failedStatus' : row.declined_at ? 'declined' : row.status;
    const facts = [row.meeting_types?.name ?? row.title, row.lead_email, row.lead_phone];
    const ms = at(row.slot_start);
    if (row.lead_timezone && offset(ms, row.lead_timezone) !== offset(ms, timezone)) {
      facts.push(screen.say('there', { time: times.write('time', row.slot_start, row.lead_timezone), name, city: city(row.lead_timezone) }));
    }
    const place = h('div', { class: 'ask', role: 'alert' });
    return h('article', { class: 'booking', 'aria-label': `${times.write('time', row.slot_start, timezone)}, ${name}` },
      h('div', {}, h('strong', {}, times.write('time', row.slot_start, timezone)),
        h('p', { class: 'small muted' }, screen.say('minutes', { n: Math.round((at(row.slot_end) - ms) / 60_000) }))),
      h('div', {}, h('strong', {}, name), ' ', h('span', { class: `badge ${look}` }, `${sign} ${screen.say(word)}`.trim()),
        h('p', { class: 'small muted' }, facts.filter(Boolean).join(' · ')),
        row.problem && h('p', { class: 'small' }, row.problem)),
      h('div', { class: 'row tight' }, this.actions(row, place)), place);
  }

  /** @param {Row} row @param {HTMLElement} place */
  actions(row, place) {
    const { screen } = this;
    const does = (/** @type {string} */ name) => () => screen.act(() => screen.api.call(name, { booking_id: row.id }), () => this.read());
    const ask = (/** @type {string} */ question, /** @type {string} */ verb, /** @type {string} */ name) => screen.ask(
      place, screen.say(question), null, screen.say(verb), does(name), screen.say('keepIt'));
    const hasBegun = at(row.slot_start) <= Date.now();
    if (row.status === 'pending') {
      return [button('primary dense', does('confirm_booking'), screen.say('confirm')),
        button('dense', () => ask('declineAsk', 'declineBooking', 'decline_booking'), screen.say('decline'))];
    }
    if (row.status === 'completed' || row.status === 'no_show' || (row.status === 'confirmed' && hasBegun)) {
      return [row.status !== 'completed' && button('dense', does('complete_booking'), screen.say('complete')),
        row.status !== 'no_show' && button('dense', does('mark_no_show'), screen.say('noShow'))];
    }
    if (row.status !== 'confirmed') return [];
    return [button('dense', () => this.move(row, place), screen.say('move')),
      button('dense danger', () => ask('cancelAsk', 'cancelBooking', 'cancel_booking'), screen.say('cancel'))];
  }

  /** @param {Row} row @param {HTMLElement} place */
  move(row, place) {
    const { screen } = this;
    const { api, broker, times } = screen;
    const slots = h('div', { class: 'moves' });
    const opener = screen.focused;
    const list = () => screen.act(async () => {
      const [from, until] = around(date.value, broker.timezone);
      return api.get('rpc/get_available_slots', {
        broker_id: broker.id, window_start: from, window_end: until, meeting_type: row.meeting_type_id,
        duration_minutes: Math.round((at(row.slot_end) - at(row.slot_start)) / 60_000),
      });
    }, (/** @type {Slot[]} */ found) => {
      const buttons = [];
      for (const { slot_start: start } of found) {
        if (dayOf(at(start), broker.timezone) !== date.value) continue;
        buttons.push(button('dense', () => screen.act(() => api.call('reschedule_booking', { booking_id: row.id, slot_start: start }),
          () => this.read()), times.write('time', start, broker.timezone)));
      }
      fill(slots, buttons.length > 0 ? buttons : h('p', { class: 'small' }, screen.say('moveNone')));
    });
    const date = h('input', { type: 'date', value: dayOf(at(row.slot_start), broker.timezone), change: list });
    fill(place, h('label', { class: 'finder' }, h('strong', {}, screen.say('moveTo')), date), slots,
      button('link dense', () => {
        fill(place);
        opener?.focus();
      }, screen.say('keepIt')));
    date.focus();
    list();
  }
}
