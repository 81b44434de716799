// The hours of a broker. Nothing is saved until "Save hours".

import { button, fill, h } from '../shared/core.js';
import { Week } from './week.js';

/** @typedef {import('../calendar-connections.js').CalendarConnections} Screen */

const RULES = 'buffer_before_minutes,buffer_after_minutes,minimum_notice_minutes,max_bookings_per_day';

export class Hours {
  /** @param {Screen} screen */
  constructor(screen) {
    this.screen = screen;
    this.week = new Week(screen, () => this.change());
    this.numbers = h('div', { class: 'card part numbers' });
    this.foot = h('div', { class: 'line' });
    this.node = h('div', { class: 'stack' }, this.week.node, this.numbers, this.foot);
    this.isDirty = false;
    /** @type {any[]} */
    this.stored = [];
    /** @type {Record<string, number | null>} */
    this.rules = {};
    /** What of them was changed. @type {Record<string, number | null>} */
    this.changed = {};
    this.news = '';
  }

  async read() {
    const { api, broker } = this.screen;
    const [rules] = await api.get('brokers', { select: RULES, id: `eq.${broker.id}` });
    this.rules = rules;
    this.take(await api.get('working_hours', {
      select: 'weekday,start_local,end_local,valid_from,valid_until,is_active', broker_id: `eq.${broker.id}`,
      meeting_type_id: 'is.null', order: 'weekday,start_local',
    }));
  }

  /** @param {any[]} rows */
  take(rows) {
    this.stored = rows;
    this.isDirty = false;
    this.changed = {};
    this.week.take(rows);
    this.showNumbers();
    this.showFoot();
  }

  change() {
    if (this.isDirty) return;
    this.isDirty = true;
    this.showFoot();
  }

  showFoot() {
    const { screen } = this;
    fill(this.foot, h('p', { class: 'small muted', role: 'status' }, this.isDirty ? screen.say('unsaved') : this.news), h('div', { class: 'row' },
      this.isDirty && button('', () => this.take(this.stored), screen.say('undo')),
      button('primary', () => this.save(), screen.say('saveHours'))));
    screen.refocus();
  }

  showNumbers() {
    const fields = [];
    for (const rule of RULES.split(',')) {
      const isLimit = rule === 'max_bookings_per_day';
      fields.push(h('div', { class: 'field' }, h('label', { for: rule }, this.screen.say(rule)), h('input', {
        type: 'number', min: isLimit ? 1 : 0, max: 525600, id: rule, value: this.rules[rule] ?? '',
        placeholder: isLimit ? this.screen.say('noLimit') : null,
        change: (/** @type {Event} */ event) => {
          const { value } = /** @type {HTMLInputElement} */ (event.target);
          this.changed[rule] = value === '' ? isLimit ? null : 0 : +value;
          this.change();
        },
      })));
    }
    fill(this.numbers, fields);
    this.screen.refocus();
  }

  save() {
    const { screen, changed } = this;
    const hours = this.week.rows;
    if (!hours) return;
    screen.act(async () => {
      if (Object.keys(changed).length > 0) await screen.api.send('PATCH', `brokers?id=eq.${screen.broker.id}`, JSON.stringify(changed));
      await screen.api.send('POST', 'rpc/set_working_hours', JSON.stringify({ broker_id: screen.broker.id, hours }));
    }, async () => {
      this.news = screen.say('saved');
      await this.read();
    });
  }
}
