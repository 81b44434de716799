// A week as seven rows. Nothing is saved until "Save hours".

import { button, fill, h } from '../shared/element.js';
import { addDays } from '../shared/times.js';

/** @typedef {import('../calendar-connections.js').CalendarConnections} Screen */
/** @typedef {{ from: string, until: string }} Span */

const MONDAY = '2024-01-01';
const RULES = 'buffer_before_minutes,buffer_after_minutes,minimum_notice_minutes,max_bookings_per_day';

export class Hours {
  /** @param {Screen} screen */
  constructor(screen) {
    this.screen = screen;
    this.node = h('div', { class: 'stack' });
    /** The spans of Monday to Sunday. @type {Span[][]} */
    this.week = [];
    /** Rows that are kept as they are: of other seasons, or switched off. @type {any[]} */
    this.others = [];
    this.isDirty = false;
    /** @type {Record<string, number | null>} */
    this.rules = {};
    /** What of them was changed. @type {Record<string, number | null>} */
    this.changed = {};
    /** The weekday whose hours are being copied. @type {number | null} */
    this.copying = null;
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
    this.week = [[], [], [], [], [], [], []];
    this.others = [];
    for (const row of rows) {
      if (!row.is_active || row.valid_from || row.valid_until) this.others.push(row);
      else this.week[row.weekday - 1].push({ from: row.start_local.slice(0, 5), until: row.end_local.slice(0, 5).replace('24:00', '00:00') });
    }
    // Without a row a broker has Monday to Friday, 9 to 5.
    if (rows.length === 0) for (let day = 0; day < 5; day++) this.week[day] = [{ from: '09:00', until: '17:00' }];
    this.isDirty = false;
    this.changed = {};
    this.show();
  }

  /** Shown again once the focus is where it goes: the fields are new then. */
  change() {
    this.isDirty = true;
    setTimeout(() => this.show());
  }

  /** @param {number} day */
  name(day) {
    return this.screen.times.write('weekday', addDays(MONDAY, day));
  }

  /** What is wrong with a span, in words. @param {Span[]} spans @param {number} at */
  wrong(spans, at) {
    const { from, until } = spans[at];
    if (!from || !until) return this.screen.say('empty');
    if (until !== '00:00' && until <= from) return this.screen.say('backwards');
    for (const [index, other] of spans.entries()) {
      if (index < at && other.from < (until === '00:00' ? '24:00' : until) && from < (other.until === '00:00' ? '24:00' : other.until)) {
        return this.screen.say('overlap', { from: this.time(other.from), until: this.time(other.until) });
      }
    }
    return null;
  }

  /** @param {string} clock 09:00 */
  time(clock) {
    return this.screen.times.write('time', `${MONDAY}T${clock || '00:00'}Z`, 'UTC');
  }

  show() {
    const { screen } = this;
    const focused = screen.shadow.activeElement?.getAttribute('data-key');
    const rows = [];
    const first = screen.times.firstWeekday;
    for (let column = 0; column < 7; column++) rows.push(this.row((first - 1 + column) % 7));
    this.status = h('p', { class: 'small muted', role: 'status' }, this.isDirty ? screen.say('unsaved') : this.news ?? '');
    fill(this.node, h('div', { class: 'card' }, rows), this.numbers(),
      h('div', { class: 'line' }, this.status, h('div', { class: 'row' },
        this.isDirty && button('', () => this.take(this.stored ?? []), screen.say('undo')),
        button('primary', () => this.save(), screen.say('saveHours')))));
    if (focused) /** @type {HTMLElement | null} */ (this.node.querySelector(`[data-key="${focused}"]`))?.focus();
  }

  numbers() {
    const fields = [];
    for (const rule of RULES.split(',')) {
      const value = this.changed[rule] ?? this.rules[rule];
      fields.push(h('div', { class: 'field' }, h('label', { for: rule }, this.screen.say(rule)), h('input', {
        type: 'number', min: rule === 'max_bookings_per_day' ? 1 : 0, max: 525600, id: rule, 'data-key': rule, value: value ?? '',
        placeholder: rule === 'max_bookings_per_day' ? this.screen.say('noLimit') : null,
        change: (/** @type {Event} */ event) => {
          const { value: typed } = /** @type {HTMLInputElement} */ (event.target);
          this.changed[rule] = typed === '' ? rule === 'max_bookings_per_day' ? null : 0 : +typed;
          this.change();
        },
      })));
    }
    return h('div', { class: 'card part numbers' }, fields);
  }

  /** @param {number} day */
  row(day) {
    const { screen } = this;
    const spans = this.week[day];
    const name = this.name(day);
    const id = `day-${day}`;
    const fields = [];
    for (const [at, span] of spans.entries()) {
      const wrong = this.wrong(spans, at);
      const input = (/** @type {'from' | 'until'} */ end) => h('input', {
        type: 'time', value: span[end], 'data-key': `${day}-${at}-${end}`, 'aria-label': screen.say(end, { day: name }),
        'aria-invalid': wrong ? 'true' : null, 'aria-describedby': wrong ? `${id}-${at}` : null,
        change: (/** @type {Event} */ event) => {
          span[end] = /** @type {HTMLInputElement} */ (event.target).value;
          this.change();
        },
      });
      fields.push(h('div', { class: 'span' }, input('from'), '–', input('until'),
        h('button', {
          type: 'button', class: 'dense', 'aria-label': screen.say('remove', { from: this.time(span.from), until: this.time(span.until), day: name }),
          click: () => { spans.splice(at, 1); this.change(); },
        }, '×')));
      if (wrong) fields.push(h('p', { class: 'wrong', id: `${id}-${at}` }, h('span', { 'aria-hidden': 'true' }, '▲ '), wrong));
    }
    const add = () => {
      const last = spans[spans.length - 1];
      spans.push(last ? { from: last.until, until: '' } : { from: '09:00', until: '17:00' });
      this.change();
    };
    return h('div', { class: 'week', role: 'group', 'aria-label': name },
      h('label', { class: 'check' }, h('input', {
        type: 'checkbox', checked: spans.length > 0, 'data-key': id, 'aria-label': name,
        change: () => {
          this.week[day] = spans.length > 0 ? [] : [{ from: '09:00', until: '17:00' }];
          this.change();
        },
      }), h('span', { 'aria-hidden': 'true' }, screen.times.write('short', addDays(MONDAY, day)))),
      h('div', { class: 'spans' }, spans.length > 0 ? fields : h('span', { class: 'muted' }, screen.say('closed'))),
      h('div', { class: 'row tight' },
        h('button', { type: 'button', class: 'dense', 'data-key': `${id}-add`, 'aria-label': screen.say('moreHours', { day: name }), click: add },
          spans.length > 0 ? '+' : screen.say('addHours')),
        spans.length > 0 && h('button', {
          type: 'button', class: 'dense', 'data-key': `${id}-copy`, 'aria-expanded': `${this.copying === day}`,
          'aria-label': `${screen.say('copyTo')} ${name}`,
          click: () => { this.copying = this.copying === day ? null : day; this.show(); },
        }, screen.say('copyTo'))),
      this.copying === day && this.copyList(day));
  }

  /** @param {number} from */
  copyList(from) {
    const { screen } = this;
    /** @type {HTMLInputElement[]} */
    const boxes = [];
    const labels = [];
    for (let day = 0; day < 7; day++) {
      if (day === from) continue;
      const box = h('input', { type: 'checkbox', value: day });
      boxes.push(box);
      labels.push(h('label', { class: 'check' }, box, this.name(day)));
    }
    const all = h('input', { type: 'checkbox', change: () => { for (const box of boxes) box.checked = all.checked; } });
    return h('fieldset', { class: 'copy' }, h('legend', { class: 'small' }, screen.say('copyFrom', { day: this.name(from) })),
      h('label', { class: 'check' }, all, screen.say('allDays')), labels,
      button('dense primary', () => {
        for (const box of boxes) if (box.checked) this.week[+box.value] = this.week[from].map((span) => ({ ...span }));
        this.copying = null;
        this.change();
      }, screen.say('copy')));
  }

  save() {
    const { screen } = this;
    const hours = this.others.slice();
    for (const [day, spans] of this.week.entries()) {
      for (const [at, span] of spans.entries()) {
        if (this.wrong(spans, at)) {
          this.show();
          /** @type {HTMLElement | null} */ (this.node.querySelector('[aria-invalid]'))?.focus();
          return;
        }
        hours.push({ weekday: day + 1, start_local: span.from, end_local: span.until === '00:00' ? '24:00' : span.until });
      }
    }
    // No row means Monday to Friday, 9 to 5: a broker that is never open has one that is switched off.
    if (hours.length === 0) hours.push({ weekday: 1, start_local: '09:00', end_local: '17:00', is_active: false });
    screen.act(async () => {
      if (Object.keys(this.changed).length > 0) await screen.api.send('PATCH', `brokers?id=eq.${screen.broker.id}`, JSON.stringify(this.changed));
      await screen.api.send('POST', 'rpc/set_working_hours', JSON.stringify({ broker_id: screen.broker.id, hours }));
    }, async () => {
      this.news = screen.say('saved');
      await this.read();
    });
  }
}
