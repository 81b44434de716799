// The month, a grid as in the ARIA practices, and a day's times.

import { addDays, addMonths, at, button, city, fill, formatter, h, mark, monthOf, offsetText, wall, zoneName } from '../shared/core.js';

/** @param {BookingScreen} screen */
export function monthGrid(screen) {
  const { locale, times, visit } = screen;
  const isRtl = times.direction === 'rtl';
  // The day that the keyboard has reached.
  let current = '';
  const title = h('h3', { id: 'month', tabindex: '-1', 'aria-live': 'polite' });
  const empty = h('div', { class: 'none', role: 'status' });
  const notice = h('div', { role: 'alert' });

  /** @param {number} months */
  const arrow = (months) => {
    const made = button('dense', () => {
      if (made.getAttribute('aria-disabled')) return;
      current = '';
      visit.month = addMonths(visit.month, months);
      screen.readDays();
    }, (months < 0) === isRtl ? '›' : '‹');
    made.setAttribute('aria-label', screen.say(months < 0 ? 'previousMonth' : 'nextMonth'));
    return made;
  };
  const previous = arrow(-1);
  const next = arrow(1);

  const lengths = () => {
    const { type, duration, booking } = visit;
    if (!type || type.durations.length < 2 || booking) return null;
    const choices = [];
    for (const minutes of type.durations) {
      const change = () => {
        visit.duration = minutes;
        visit.slots = null;
        screen.readDays();
      };
      choices[choices.length] = h('label', {}, h('input', { type: 'radio', name: 'length', checked: minutes === duration, change }),
        screen.say('min', { n: minutes }));
    }
    return h('div', { class: 'length', role: 'radiogroup', 'aria-labelledby': 'length' },
      h('span', { class: 'small muted', id: 'length' }, screen.say('length')),
      h('div', { class: 'segments' }, choices));
  };

  const zones = () => {
    const { info, type, zone } = visit;
    const now = Date.now();
    const label = zoneName('label', locale, now, zone);
    if (type?.lock_timezone) return h('p', { class: 'small muted' }, screen.say('timesInZone', { zone: label }));
    const list = h('select', { id: 'zone', change: () => screen.chooseZone(list.value) });
    /** @param {string} value @param {string} text */
    const add = (value, text) => list.appendChild(h('option', { value }, text));
    add(zone, label);
    // Not before the list is opened: it takes long.
    const open = () => {
      if (list.length > 1) return;
      /** @type {[string, string][]} */
      const named = [];
      const theirs = info?.timezone;
      for (const other of ['UTC', ...Intl.supportedValuesOf?.('timeZone') ?? []]) {
        if (other === zone || other === theirs) continue;
        // Host pages replace sort.
        const name = city(other);
        let place = named.length;
        for (; place > 0 && named[place - 1][0] > name; place--) named[place] = named[place - 1];
        named[place] = [name, other];
      }
      if (theirs && theirs !== zone) add(theirs, zoneName('label', locale, now, theirs));
      for (const [name, other] of named) add(other, `${name} · ${offsetText(now, other)}`);
    };
    list.addEventListener('focus', open);
    list.addEventListener('pointerdown', open);
    return [h('label', { class: 'small muted', for: 'zone' }, screen.say('timesIn')), list];
  };

  /** @param {string} day */
  const weekStart = (day) => addDays(day, -((new Date(day).getUTCDay() + 7 - times.firstWeekday) % 7));

  /** In another month, which may be shorter. @param {string} day @param {number} months */
  const sameDay = (day, months) => {
    const month = addMonths(monthOf(day), months);
    const to = month + day.slice(7);
    const last = addDays(`${addMonths(month, 1)}-01`, -1);
    return to > last ? last : to;
  };

  /** @param {KeyboardEvent} event */
  const keydown = (event) => {
    const from = /** @type {HTMLElement} */ (event.target).getAttribute('data-day');
    if (!from || event.altKey || event.ctrlKey || event.metaKey) return;
    const ahead = isRtl ? -1 : 1;
    const first = weekStart(from);
    /** @type {Record<string, string>} */
    const keys = {
      ArrowLeft: addDays(from, -ahead), ArrowRight: addDays(from, ahead), ArrowUp: addDays(from, -7), ArrowDown: addDays(from, 7),
      Home: first, End: addDays(first, 6), PageUp: sameDay(from, -1), PageDown: sameDay(from, 1),
    };
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    const to = keys[event.key];
    const month = monthOf(to);
    if (month < monthOf(visit.today)) return;
    current = to;
    if (month === visit.month) {
      update();
    } else {
      visit.month = month;
      screen.readDays();
    }
  };
  const table = h('table', { class: 'days', role: 'grid', 'aria-labelledby': 'month', keydown });
  const focus = () => /** @type {HTMLElement | null} */ (table.querySelector('[tabindex="0"]'))?.focus();

  const sayEmpty = () => {
    const { days, after } = visit;
    if (!days || days.size > 0) {
      if (empty.firstChild) fill(empty);
      return;
    }
    const month = times.write('monthName', visit.month);
    const day = after && times.write('day', after);
    fill(empty, h('p', {}, day ? screen.say('monthEmpty', { month, day }) : screen.say('monthEmptyAll', { month })),
      day && button('dense', () => screen.goToDay(after), screen.say('goTo', { day })));
  };

  const update = () => {
    const { month, today, days, day: chosen } = visit;
    const hadFocus = table.contains(screen.shadow.activeElement);
    const name = times.write('month', month);
    if (title.textContent !== name) fill(title, name);
    mark(previous, 'aria-disabled', month <= monthOf(today));
    mark(next, 'aria-disabled', days?.size === 0 && !visit.after);
    if (monthOf(current) !== month) current = chosen && monthOf(chosen) === month ? chosen : '';
    const reached = current || visit.firstFree || (monthOf(today) === month ? today : `${month}-01`);

    /** @param {string} day */
    const cell = (day) => {
      if (monthOf(day) !== month) return h('td', { role: 'gridcell' });
      const n = days?.get(day) ?? 0;
      const isFree = n > 0;
      const isChosen = day === chosen;
      const isToday = day === today;
      return h('td', { role: 'gridcell', 'aria-selected': `${isChosen}` }, h('button', {
        type: 'button', tabindex: day === reached ? 0 : -1, 'data-day': day,
        class: `day${isFree ? ' free' : ''}${isFree && isChosen ? ' chosen' : ''}${isToday ? ' today' : ''}`,
        'aria-label': `${times.write('day', day)}, ${isFree ? screen.say('timesFree', { n }) : screen.say('nothingFree')}${isToday ? `, ${screen.say('today')}` : ''}`,
        'aria-disabled': !isFree && 'true', 'aria-current': isToday && 'date',
        click: () => {
          current = day;
          if (isFree) screen.chooseDay(day);
        },
      }, formatter(locale, 'UTC', 'number').formatToParts(at(day))[0].value));
    };
    const names = [];
    const rows = [];
    for (let day = weekStart(`${month}-01`); monthOf(day) <= month;) {
      const cells = [];
      for (; cells.length < 7; day = addDays(day, 1)) {
        if (names.length < 7) names[names.length] = h('th', { scope: 'col', abbr: times.write('weekday', day) }, times.write('short', day));
        cells[cells.length] = cell(day);
      }
      rows[rows.length] = h('tr', {}, cells);
    }
    mark(table, 'aria-busy', !days);
    fill(table, h('thead', {}, h('tr', {}, names)), h('tbody', {}, rows));
    if (hadFocus) focus();
    sayEmpty();
  };

  const node = h('section', { class: 'main' }, h('div', { class: 'month-head' }, title, previous, next),
    notice, lengths(), table, empty, h('div', { class: 'zone' }, zones()));
  update();
  return { node, notice, update, focus };
}

/** @param {BookingScreen} screen */
export function dayTimes(screen) {
  const { locale, times, visit } = screen;
  const heading = h('h3', { tabindex: '-1' });
  const count = h('p', { class: 'small muted' });
  const notice = h('div', { role: 'alert' });
  const list = h('div');
  const back = button('link back', () => screen.backToDays(), `${times.direction === 'rtl' ? '›' : '‹'} ${screen.say('backToDays')}`);

  /** @param {Slot[]} slots @param {string} day */
  const parts = (slots, day) => {
    const { zone } = visit;
    /** @type {Map<string, number>} */
    const seen = new Map();
    for (const { slot_start: start } of slots) seen.set(screen.timeOf(start), (seen.get(screen.timeOf(start)) ?? 0) + 1);
    const made = [];
    let part;
    let its;
    for (const slot of slots) {
      const { slot_start: start } = slot;
      const hour = new Date(wall(at(start), zone)).getUTCHours();
      const id = hour < 12 ? 'morning' : hour < 17 ? 'afternoon' : 'evening';
      if (id !== part) {
        part = id;
        its = h('ul', { class: 'slots', 'aria-labelledby': id });
        made[made.length] = h('h4', { id }, screen.say(id));
        made[made.length] = its;
      }
      let time = screen.timeOf(start);
      // When the clock goes back.
      if (seen.get(time) !== 1) time += ` ${zoneName('offset', locale, at(start), zone)}`;
      its?.appendChild(h('li', {}, h('button', {
        type: 'button', class: 'slot', 'data-start': start, 'aria-label': `${time}, ${times.write('day', day)}`,
        click: () => screen.chooseSlot(slot),
      }, time)));
    }
    return made;
  };

  const update = () => {
    const { day, slots, days } = visit;
    back.hidden = !day;
    fill(heading, day ? times.write('day', day) : screen.say('chooseDay'));
    if (!day) {
      fill(count, days?.size !== 0 && screen.say('chooseDayHint'));
      fill(list);
      return;
    }
    const n = slots ? slots.length : days?.get(day) ?? 4;
    fill(count, n > 0 ? screen.say('timesFree', { n }) : screen.say('dayEmpty'));
    if (slots) {
      fill(list, parts(slots, day));
      return;
    }
    const bones = [];
    while (bones.length < n) bones[bones.length] = h('span', { class: 'bone tall' });
    fill(list, h('h4', {}, '\u00a0'), h('div', { class: 'slots', 'aria-hidden': 'true' }, bones));
  };

  const node = h('section', { class: 'side times' }, heading, count, notice, list, back);
  update();
  return { node, heading, notice, update };
}
