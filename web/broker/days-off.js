// Exceptions to the hours, by date. They are saved when they are added and removed.

import { addDays, at, button, dayOf, fill, h, offset } from '../shared/core.js';

/** @typedef {import('../calendar-connections.js').CalendarConnections} Screen */
/** @typedef {{ id: string, kind: 'block' | 'open' | 'replace', starts_at: string, ends_at: string, rrule: string | null, reason: string | null }} Override */

export class DaysOff {
  /** @param {Screen} screen */
  constructor(screen) {
    this.screen = screen;
    this.isDirty = false;
    /** @type {Override[]} */
    this.rows = [];
    this.list = h('div', { class: 'card' });
    this.first = h('input', { type: 'date', id: 'first' });
    this.last = h('input', { type: 'date', id: 'last' });
    this.wrong = h('p', { class: 'wrong', role: 'alert' });
    this.node = h('div', { class: 'stack' }, this.list, h('section', { class: 'card part' },
      h('div', { class: 'numbers' },
        h('div', { class: 'field' }, h('label', { for: 'first' }, screen.say('firstDay')), this.first),
        h('div', { class: 'field' }, h('label', { for: 'last' }, screen.say('lastDay')), this.last)),
      this.wrong, h('div', { class: 'row send' }, button('primary', () => this.add(), screen.say('addOff')))));
  }

  async read() {
    const { api, broker } = this.screen;
    this.rows = await api.get('availability_overrides', {
      select: 'id,kind,starts_at,ends_at,rrule,reason', broker_id: `eq.${broker.id}`, order: 'starts_at', limit: 1000,
    });
    this.show();
  }

  show() {
    const { screen } = this;
    const lines = [];
    for (const row of this.rows) {
      // What is over and does not come again.
      if (!row.rrule && at(row.ends_at) < Date.now()) continue;
      const span = this.span(row);
      lines.push(h('div', { class: 'part line' },
        h('div', {}, screen.say(row.kind === 'block' ? 'off' : row.kind, { span }),
          row.rrule && h('p', { class: 'small muted' }, screen.say('repeats', { rule: row.rrule })),
          row.reason && h('p', { class: 'small muted' }, row.reason)),
        h('button', {
          type: 'button', class: 'dense', 'aria-label': screen.say('removeOff', { span }),
          click: () => this.save(this.rows.filter(({ id }) => id !== row.id)),
        }, screen.say('removeWord'))));
    }
    fill(this.list, lines.length > 0 ? lines : h('p', { class: 'part muted' }, screen.say('noneOff')));
  }

  /** December 24 – 26, or December 31, 9:00 AM – 12:00 PM @param {Override} row */
  span({ starts_at: start, ends_at: end }) {
    const { screen } = this;
    const { times, broker: { timezone } } = screen;
    const first = dayOf(at(start), timezone);
    const last = dayOf(at(end) - 1, timezone);
    const isWhole = at(start) === this.midnight(first) && at(end) === this.midnight(addDays(last, 1));
    if (!isWhole && first === last) {
      return `${times.write('date', first)}, ${times.span({ slot_start: start, slot_end: new Date(at(end) - 1).toISOString() }, timezone)}`;
    }
    if (!isWhole) return `${times.write('both', start, timezone)} – ${times.write('both', end, timezone)}`;
    return times.format('date', 'UTC').formatRange(at(first), at(last));
  }

  /** @param {string} day */
  midnight(day) {
    const { timezone } = this.screen.broker;
    const guess = at(day) - offset(at(day), timezone) * 60_000;
    return at(day) - offset(guess, timezone) * 60_000;
  }

  add() {
    const { screen } = this;
    const [first, last] = [this.first.value, this.last.value || this.first.value];
    const wrong = !first ? 'noDays' : last < first ? 'backwardsDays' : null;
    fill(this.wrong, wrong && screen.say(wrong));
    if (wrong) {
      this.first.focus();
      return;
    }
    const made = {
      kind: 'block', starts_at: new Date(this.midnight(first)).toISOString(), ends_at: new Date(this.midnight(addDays(last, 1))).toISOString(),
    };
    this.save([...this.rows, made]);
    this.first.value = this.last.value = '';
  }

  /** @param {(Override | Record<string, string>)[]} overrides */
  save(overrides) {
    const { screen } = this;
    screen.act(() => screen.api.send('POST', 'rpc/set_overrides', JSON.stringify({ broker_id: screen.broker.id, overrides })), () => this.read());
  }
}
