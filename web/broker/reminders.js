// How long before a booking its reminders are due: a number and a unit each.

import { button, fill, h } from '../shared/core.js';

/** @typedef {import('../calendar-connections.js').CalendarConnections} Screen */
/** @typedef {{ number: string, unit: number }} Reminder */

const MOST = 5;
const LEAST_MINUTES = 10;
const MOST_MINUTES = 40_320;
/** @type {[number, string][]} */
const UNITS = [[1440, 'unitDays'], [60, 'unitHours'], [1, 'unitMinutes']];

export class Reminders {
  /** @param {Screen} screen @param {() => void} onChange */
  constructor(screen, onChange) {
    this.screen = screen;
    this.onChange = onChange;
    /** @type {Reminder[]} */
    this.list = [];
    this.rows = h('div', {});
    this.adds = button('dense', () => this.add(), screen.say('addReminder'));
    this.node = h('div', {}, this.rows, this.adds, h('p', { class: 'small muted' }, screen.say('reminderHint')));
  }

  /** @param {number[]} minutes */
  take(minutes) {
    this.list = minutes.map((each) => {
      const unit = UNITS.find(([of]) => each % of === 0)?.[0] ?? 1;
      return { number: `${each / unit}`, unit };
    });
    this.show();
  }

  show() {
    const { screen } = this;
    fill(this.rows, this.list.map((reminder, at) => {
      const n = at + 1;
      return h('div', { class: 'reminder' },
        h('input', {
          type: 'number', min: 1, max: MOST_MINUTES, inputmode: 'numeric', value: reminder.number, 'aria-label': screen.say('reminderNumber', { n }),
          input: (/** @type {Event} */ { target }) => { reminder.number = /** @type {HTMLInputElement} */ (target).value; },
        }),
        h('select', {
          'aria-label': screen.say('reminderUnit', { n }),
          input: (/** @type {Event} */ { target }) => { reminder.unit = +(/** @type {HTMLSelectElement} */ (target).value); },
        }, UNITS.map(([of, word]) => h('option', { value: of, selected: of === reminder.unit }, screen.say(word)))),
        h('button', {
          type: 'button', class: 'dense', 'aria-label': screen.say('removeReminder', { n }),
          click: () => {
            this.list.splice(at, 1);
            this.onChange();
            this.show();
            this.adds.focus();
          },
        }, '×'));
    }), this.list.length === 0 && h('p', { class: 'muted' }, screen.say('noReminders')));
    this.adds.hidden = this.list.length >= MOST;
  }

  add() {
    this.list.push({ number: this.list.length === 0 ? '1' : '', unit: this.list.length === 0 ? 1440 : 60 });
    this.onChange();
    this.show();
    /** @type {HTMLElement | null} */ (this.rows.querySelector('.reminder:last-child input'))?.focus();
  }

  get minutes() {
    return this.list.map(({ number, unit }) => (number === '' ? NaN : +number * unit));
  }

  /** What is wrong, in words; nothing where all is well. */
  get wrong() {
    const { minutes, screen } = this;
    if (minutes.some((each) => !Number.isInteger(each) || each < LEAST_MINUTES || each > MOST_MINUTES)) return screen.say('reminderWrong');
    return new Set(minutes).size < minutes.length ? screen.say('reminderTwice') : '';
  }
}
