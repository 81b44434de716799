// The lengths of a meeting type: each one can be removed, and another one added.

import { button, fill, h } from '../shared/core.js';

/** @typedef {import('../calendar-connections.js').CalendarConnections} Screen */

const LONGEST = 1440;

export class Lengths {
  /** @param {Screen} screen @param {number[]} durations @param {() => void} changed */
  constructor(screen, durations, changed) {
    this.screen = screen;
    this.all = [...durations];
    this.changed = changed;
    this.chips = h('span', { class: 'chips' });
    this.wrong = h('p', { class: 'wrong', id: 'type-length-wrong' });
    this.minutes = h('input', {
      id: 'type-length', inputmode: 'numeric', maxlength: 4, hidden: true, 'aria-label': screen.say('newLength'), 'aria-describedby': this.wrong.id,
      keydown: (/** @type {KeyboardEvent} */ event) => this.onKey(event), input: () => this.say(false),
    });
    this.adds = button('dense', () => this.onAdd(), screen.say('addLength'));
    this.node = h('div', { class: 'field', role: 'group', 'aria-labelledby': 'type-lengths' },
      h('strong', { class: 'name', id: 'type-lengths' }, screen.say('typeDurations')),
      h('div', { class: 'chips' }, this.chips, this.minutes, this.adds), this.wrong);
    this.show();
  }

  show() {
    const { screen } = this;
    fill(this.chips, this.all.map((minutes, place) => {
      const said = screen.say('minutes', { n: minutes });
      return h('button', { type: 'button', class: 'chip', 'aria-label': screen.say('removeOff', { span: said }), click: () => this.remove(place) },
        said, h('span', { 'aria-hidden': 'true' }, ' ✕'));
    }));
  }

  /** @param {number} place */
  remove(place) {
    this.all.splice(place, 1);
    this.show();
    this.changed();
    const chips = this.chips.querySelectorAll('button');
    (chips[place] ?? chips[place - 1] ?? this.adds).focus();
  }

  onAdd() {
    if (this.minutes.hidden || !this.minutes.value) this.open(this.minutes.hidden);
    else if (this.take()) this.adds.focus();
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    if (event.key === 'Escape') this.open(false);
    else this.onAdd();
  }

  /** @param {boolean} isOpen */
  open(isOpen) {
    this.minutes.hidden = !isOpen;
    this.minutes.value = '';
    this.say(false);
    (isOpen ? this.minutes : this.adds).focus();
  }

  /** Adds what is typed. Returns false where that is not a length. */
  take() {
    const text = this.minutes.value.trim();
    if (!text) return true;
    const isLength = /^\d+$/.test(text) && +text >= 1 && +text <= LONGEST && !this.all.includes(+text);
    this.say(!isLength);
    if (!isLength) {
      this.minutes.focus();
      return false;
    }
    this.all.push(+text);
    this.minutes.value = '';
    this.minutes.hidden = true;
    this.show();
    this.changed();
    return true;
  }

  /** @param {boolean} isWrong */
  say(isWrong) {
    this.minutes.setAttribute('aria-invalid', `${isWrong}`);
    fill(this.wrong, isWrong && [h('span', { 'aria-hidden': 'true' }, '▲ '), this.screen.say('lengthWrong', { n: LONGEST })]);
  }
}
