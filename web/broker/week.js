// The hours of a week as seven rows.

import { addDays, button, fill, h } from '../shared/core.js';

/** @typedef {import('../calendar-connections.js').CalendarConnections} Screen */
/** @typedef {{ from: string, until: string }} Span */

const MONDAY = '2024-01-01';

/** Monday to Friday, 9 to 5: what a broker without hours has. @returns {Span[][]} */
const usual = () => [1, 2, 3, 4, 5, 6, 7].map((day) => (day < 6 ? [{ from: '09:00', until: '17:00' }] : []));

export class Week {
  /** @param {Screen} screen @param {() => void} onChange */
  constructor(screen, onChange) {
    this.screen = screen;
    this.onChange = onChange;
    this.node = h('div', { class: 'card' });
    /** The spans of Monday to Sunday. */
    this.days = usual();
    /** Rows that are kept as they are: of other seasons, or switched off. @type {any[]} */
    this.others = [];
    /** The weekday whose hours are being copied. @type {number | null} */
    this.copying = null;
  }

  /** @param {any[]} rows of calendar.working_hours; without one, the usual hours */
  take(rows) {
    this.days = rows.length > 0 ? [[], [], [], [], [], [], []] : usual();
    this.others = [];
    for (const row of rows) {
      if (!row.is_active || row.valid_from || row.valid_until) this.others.push(row);
      else this.days[row.weekday - 1]?.push({ from: row.start_local.slice(0, 5), until: row.end_local.slice(0, 5).replace('24:00', '00:00') });
    }
    this.show();
  }

  /** The rows; null where a field is wrong, which then has the focus. */
  get rows() {
    const rows = this.others.slice();
    for (const [day, spans] of this.days.entries()) {
      for (const [at, span] of spans.entries()) {
        if (this.wrong(spans, at)) {
          this.show();
          /** @type {HTMLElement | null} */ (this.node.querySelector('[aria-invalid]'))?.focus();
          return null;
        }
        rows.push({ weekday: day + 1, start_local: span.from, end_local: span.until === '00:00' ? '24:00' : span.until });
      }
    }
    // No row means other hours than none: where it is never open, there is one that is switched off.
    if (rows.length === 0) rows.push({ weekday: 1, start_local: '09:00', end_local: '17:00', is_active: false });
    return rows;
  }

  change() {
    this.onChange();
    this.show();
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
    const rows = [];
    const first = this.screen.times.firstWeekday;
    for (let column = 0; column < 7; column++) rows.push(this.row((first - 1 + column) % 7));
    fill(this.node, rows);
    this.screen.refocus();
  }

  /** @param {number} day */
  row(day) {
    const { screen } = this;
    const spans = this.days[day] ?? [];
    const name = this.name(day);
    const id = `day-${day}`;
    const fields = [];
    const add = h('button', {
      type: 'button', class: 'dense', 'data-key': `${id}-add`, 'aria-label': screen.say('moreHours', { day: name }),
      click: () => {
        const last = spans[spans.length - 1];
        spans.push(last ? { from: last.until, until: '' } : { from: '09:00', until: '17:00' });
        this.change();
      },
    }, spans.length > 0 ? '+' : screen.say('addHours'));
    /** @type {(() => void)[]} */
    const marks = [];
    for (const [at, span] of spans.entries()) {
      const wrong = h('p', { class: 'wrong', id: `${id}-${at}` });
      const [from, until] = /** @type {const} */ (['from', 'until']).map((end) => h('input', {
        type: 'time', value: span[end], 'data-key': `${day}-${at}-${end}`, 'aria-label': screen.say(end, { day: name }), 'aria-describedby': wrong.id,
        change: (/** @type {Event} */ event) => {
          span[end] = /** @type {HTMLInputElement} */ (event.target).value;
          this.onChange();
          // The field stays while it is being typed: hours, minutes and half of the day change one after the other.
          for (const mark of marks) mark();
        },
      }));
      const remove = h('button', {
        type: 'button', class: 'dense',
        click: () => {
          spans.splice(at, 1);
          add.focus();
          this.change();
        },
      }, '×');
      marks.push(() => {
        const said = this.wrong(spans, at);
        fill(wrong, said && h('span', { 'aria-hidden': 'true' }, '▲ '), said);
        wrong.hidden = !said;
        for (const input of [from, until]) {
          if (said) input?.setAttribute('aria-invalid', 'true');
          else input?.removeAttribute('aria-invalid');
        }
        remove.setAttribute('aria-label', screen.say('remove', { from: this.time(span.from), until: this.time(span.until), day: name }));
      });
      fields.push(h('div', { class: 'span' }, from, '–', until, remove), wrong);
    }
    for (const mark of marks) mark();
    const copy = spans.length > 0 && h('button', {
      type: 'button', class: 'dense', 'data-key': `${id}-copy`, 'aria-expanded': `${this.copying === day}`,
      'aria-label': `${screen.say('copyTo')} ${name}`,
      click: () => { this.copying = this.copying === day ? null : day; this.show(); },
    }, screen.say('copyTo'));
    return h('div', { class: 'week', role: 'group', 'aria-label': name },
      h('label', { class: 'check' }, h('input', {
        type: 'checkbox', checked: spans.length > 0, 'data-key': id, 'aria-label': name,
        change: () => {
          this.days[day] = spans.length > 0 ? [] : [{ from: '09:00', until: '17:00' }];
          this.change();
        },
      }), h('span', { 'aria-hidden': 'true' }, screen.times.write('short', addDays(MONDAY, day)))),
      h('div', { class: 'spans' }, spans.length > 0 ? fields : h('span', { class: 'muted' }, screen.say('closed'))),
      h('div', { class: 'row tight' }, add, copy),
      this.copying === day && copy && this.copyList(day, copy));
  }

  /** @param {number} from @param {HTMLElement} opener */
  copyList(from, opener) {
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
        for (const box of boxes) if (box.checked) this.days[+box.value] = this.days[from].map((span) => ({ ...span }));
        this.copying = null;
        opener.focus();
        this.change();
      }, screen.say('copy')));
  }
}
