// The month: a grid as in the ARIA practices.

import { button, fill, h } from '../shared/element.js';
import { addDays, addMonths, city, monthOf, offsetText, weeks, zoneName } from '../shared/times.js';

export class Month {
  /** @param {BookingScreen} screen */
  constructor(screen) {
    this.screen = screen;
    /** @type {string} */
    this.current = '';
    this.title = h('h3', { id: 'month', tabindex: '-1', 'aria-live': 'polite' });
    this.previous = this.arrow(-1);
    this.next = this.arrow(1);
    this.table = h('table', { class: 'days', role: 'grid', 'aria-labelledby': 'month', keydown: (/** @type {KeyboardEvent} */ event) => this.onKey(event) });
    this.empty = h('div', { class: 'none', role: 'status' });
    this.notice = h('div', { role: 'alert' });
    this.zone = h('div', { class: 'zone' });
    this.node = h('section', { class: 'main' },
      h('div', { class: 'month-head' }, this.title, this.previous, this.next),
      this.notice, this.lengths(), this.table, this.empty, this.zone);
    this.zones();
    this.update();
  }

  /** @param {number} months */
  arrow(months) {
    const { screen } = this;
    const made = h('button', {
      type: 'button', class: 'dense', 'aria-label': screen.say(months < 0 ? 'previousMonth' : 'nextMonth'),
      click: () => {
        if (made.getAttribute('aria-disabled')) return;
        this.current = '';
        screen.showMonth(addMonths(screen.visit.month, months));
      },
    }, (months < 0) === (screen.times.direction !== 'rtl') ? '‹' : '›');
    return made;
  }

  lengths() {
    const { screen } = this;
    const { type, duration, booking } = screen.visit;
    if (!type || type.durations.length < 2 || booking) return null;
    const choices = [];
    for (const minutes of type.durations) {
      choices[choices.length] = h('label', {},
        h('input', { type: 'radio', name: 'length', checked: minutes === duration, change: () => screen.chooseLength(minutes) }),
        screen.say('min', { n: minutes }));
    }
    return h('div', { class: 'length', role: 'radiogroup', 'aria-labelledby': 'length' },
      h('span', { class: 'small muted', id: 'length' }, screen.say('length')),
      h('div', { class: 'segments' }, choices));
  }

  // All zones are listed when the list is opened: that takes long.
  zones() {
    const { screen } = this;
    const { visit } = screen;
    const zone = zoneName('label', screen.locale, Date.now(), visit.zone);
    if (visit.type?.lock_timezone) {
      fill(this.zone, h('p', { class: 'small muted' }, screen.say('timesInZone', { zone })));
      return;
    }
    const list = h('select', {
      id: 'zone',
      change: () => screen.chooseZone(list.value),
      focus: () => this.listZones(list),
      pointerdown: () => this.listZones(list),
    }, h('option', { value: visit.zone }, zone));
    fill(this.zone, h('label', { class: 'small muted', for: 'zone' }, screen.say('timesIn')), list);
  }

  /** @param {HTMLSelectElement} list */
  listZones(list) {
    if (list.length > 1) return;
    const now = Date.now();
    const { locale, visit } = this.screen;
    /** @type {[string, string][]} */
    const named = [];
    const theirs = visit.info?.timezone;
    for (const zone of ['UTC', ...Intl.supportedValuesOf?.('timeZone') ?? []]) {
      if (zone === visit.zone || zone === theirs) continue;
      // Inserted where it belongs: host pages replace sort.
      const label = city(zone);
      let place = named.length;
      for (; place > 0 && named[place - 1][0] > label; place--) named[place] = named[place - 1];
      named[place] = [label, zone];
    }
    if (theirs && theirs !== visit.zone) list.appendChild(h('option', { value: theirs }, zoneName('label', locale, now, theirs)));
    for (const [label, zone] of named) list.appendChild(h('option', { value: zone }, `${label} · ${offsetText(now, zone)}`));
  }

  update() {
    const { screen } = this;
    const { visit, times } = screen;
    const { month, today } = visit;
    const hadFocus = this.table.contains(screen.shadow.activeElement);
    if (this.title.textContent !== times.write('month', month)) fill(this.title, times.write('month', month));
    disable(this.previous, month <= monthOf(today));
    disable(this.next, visit.days !== null && visit.days.size === 0 && !visit.after);
    const current = this.pickCurrent();
    const first = times.firstWeekday;
    const names = [];
    for (let column = 0; column < 7; column++) {
      const day = addDays('2024-01-01', first - 1 + column);
      names[column] = h('th', { scope: 'col', abbr: times.write('weekday', day) }, times.write('short', day));
    }
    const rows = [];
    /** @type {HTMLElement | null} */
    let focus = null;
    for (const week of weeks(month, first)) {
      const cells = [];
      for (const day of week) {
        const button = day ? this.day(day, day === current, today) : null;
        if (day === current) focus = button;
        cells[cells.length] = h('td', { role: 'gridcell', 'aria-selected': day ? `${day === visit.day}` : null }, button);
      }
      rows[rows.length] = h('tr', {}, cells);
    }
    if (visit.days) this.table.removeAttribute('aria-busy');
    else this.table.setAttribute('aria-busy', 'true');
    fill(this.table, h('thead', {}, h('tr', {}, names)), h('tbody', {}, rows));
    if (hadFocus) focus?.focus();
    this.sayEmpty();
  }

  pickCurrent() {
    const { visit } = this.screen;
    if (monthOf(this.current) !== visit.month) {
      this.current = visit.day && monthOf(visit.day) === visit.month ? visit.day : '';
    }
    return this.current || visit.firstFree || (monthOf(visit.today) === visit.month ? visit.today : `${visit.month}-01`);
  }

  /** @param {string} day @param {boolean} isCurrent @param {string} today */
  day(day, isCurrent, today) {
    const { screen } = this;
    const { days, day: chosen } = screen.visit;
    const free = days?.get(day) ?? 0;
    const isChosen = day === chosen && free > 0;
    const label = `${screen.times.write('day', day)}, ${
      free > 0 ? screen.say('timesFree', { n: free }) : screen.say('nothingFree')}${
      day === today ? `, ${screen.say('today')}` : ''}`;
    return h('button', {
      type: 'button', tabindex: isCurrent ? '0' : '-1', 'data-day': day,
      class: `day${free > 0 ? ' free' : ''}${isChosen ? ' chosen' : ''}${day === today ? ' today' : ''}`,
      'aria-label': label, 'aria-disabled': free > 0 ? null : 'true', 'aria-current': day === today ? 'date' : null,
      click: () => {
        this.current = day;
        if (free > 0) screen.chooseDay(day);
      },
    }, screen.times.number(day));
  }

  sayEmpty() {
    const { screen } = this;
    const { days, after, month } = screen.visit;
    if (!days || days.size > 0) {
      if (this.empty.firstChild) fill(this.empty);
      return;
    }
    const name = screen.times.write('monthName', month);
    if (!after) {
      fill(this.empty, h('p', {}, screen.say('monthEmptyAll', { month: name })));
      return;
    }
    const day = screen.times.write('day', after);
    fill(this.empty, h('p', {}, screen.say('monthEmpty', { month: name, day })),
      button('dense', () => screen.goToDay(after), screen.say('goTo', { day })));
  }

  focus() {
    for (const button of this.table.querySelectorAll('button')) {
      if (button.tabIndex === 0) button.focus();
    }
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const from = /** @type {HTMLElement} */ (event.target).getAttribute('data-day');
    if (!from || event.altKey || event.ctrlKey || event.metaKey) return;
    const { times, visit } = this.screen;
    const ahead = times.direction === 'rtl' ? -1 : 1;
    const column = (new Date(from).getUTCDay() + 7 - times.firstWeekday) % 7;
    /** @type {Record<string, string>} */
    const keys = {
      ArrowLeft: addDays(from, -ahead), ArrowRight: addDays(from, ahead), ArrowUp: addDays(from, -7), ArrowDown: addDays(from, 7),
      Home: addDays(from, -column), End: addDays(from, 6 - column), PageUp: sameDay(from, -1), PageDown: sameDay(from, 1),
    };
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    const to = keys[event.key];
    if (monthOf(to) < monthOf(visit.today)) return;
    this.current = to;
    if (monthOf(to) !== visit.month) this.screen.showMonth(monthOf(to));
    else this.update();
  }
}

/** @param {string} day @param {number} months */
function sameDay(day, months) {
  const month = addMonths(monthOf(day), months);
  const to = month + day.slice(7);
  const last = addDays(`${addMonths(month, 1)}-01`, -1);
  return to > last ? last : to;
}

/** @param {HTMLElement} button @param {boolean} isDisabled */
export function disable(button, isDisabled) {
  if (isDisabled) button.setAttribute('aria-disabled', 'true');
  else button.removeAttribute('aria-disabled');
}
