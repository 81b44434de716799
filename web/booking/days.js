// What there is to choose: types, days, times.

import { addDays, addMonths, at, button, city, dayOf, each, fill, h, insert, mark, monthOf, offsetText, wall } from '../shared/core.js';
import { shortName } from './form.js';

/** @param {Say} say @param {Type | Booking} what */
function placeOf(say, { location_kind: kind, location: place }) {
  if (!kind) return place ?? '';
  return place && kind === 'in_person' ? `${say(kind)}, ${place}` : say(kind);
}

/** @param {BookingScreen} screen @param {Type} type */
function factsOf({ say, times }, type) {
  const { durations } = type;
  /** @type {string[]} */
  const all = [];
  for (const n of durations) all[all.length] = all.length + 1 < durations.length ? `${n}` : say('minutes', { n });
  return [placeOf(say, type), new Intl.ListFormat(times.locale, { type: 'disjunction' }).format(all)];
}

/** @param {BookingScreen} screen */
export function head(screen) {
  const { say, visit: { info, type, booking } } = screen;
  const name = (info ?? booking)?.broker_name ?? '';
  const [, first = '', second = ''] = /^\s*(\S)\S*(?:.*?\s(\S))?/u.exec(name) ?? [];
  let line = '';
  if (type) {
    const [place, lengths] = factsOf(screen, type);
    line = `${place && `${place} · `}${lengths}`;
    if (type.requires_confirmation) line += ` · ${say('confirms', { name: shortName(name) })}`;
  } else if (booking) {
    line = placeOf(say, booking);
  }
  const title = type ? type.name : booking?.meeting_type;
  return h('header', { class: 'head' },
    h('div', { class: 'avatar', 'aria-hidden': 'true' }, first + second),
    h('div', {},
      h('h2', { class: 'broker' }, name),
      title && h('p', { class: 'muted' }, title),
      line && h('p', { class: 'small muted' }, line),
      type?.description && h('p', { class: 'small' }, type.description)));
}

/** @param {string} more */
const bone = (more) => h('p', { class: `bone ${more}` });

/** @param {number} n */
function bones(n) {
  const made = [];
  while (made.length < n) made[made.length] = bone('tall');
  return made;
}

/** @param {Say} say */
export function skeleton(say) {
  return h('div', { class: 'card', 'aria-busy': 'true' },
    h('p', { class: 'hidden' }, say('loading')),
    h('div', { class: 'head' }, h('div', { class: 'avatar' }), h('div', { class: 'grow' }, bone('wide'), bone('wide'), bone('wide'))),
    h('div', { class: 'body' }, h('div', { class: 'main' }, bone('wide'), bone('month')),
      h('div', { class: 'side' }, bone('wide'), h('div', { class: 'slots' }, bones(8)))));
}

/** @param {BookingScreen} screen */
export function typeList(screen) {
  const { say, visit } = screen;
  const cards = each(visit.info?.types ?? [], (type) => {
    const [place, lengths] = factsOf(screen, type);
    return h('li', {}, button('type', () => {
      visit.chooseType(type);
      visit.days = visit.day = null;
      screen.openTimes(true);
    }, h('span', {}, h('strong', {}, type.name ?? visit.info?.broker_name ?? ''),
      h('span', { class: 'small muted' }, `${lengths}${place && ` · ${place}`}`))));
  });
  return h('section', { class: 'main' }, h('h3', { id: 'what', tabindex: '-1' }, say('what')),
    h('ul', { class: 'types', 'aria-labelledby': 'what' }, cards));
}

/** A grid as in the ARIA practices. @param {BookingScreen} screen */
export function monthGrid(screen) {
  const { say, times, visit } = screen;
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
    }, months < 0 ? '‹' : '›');
    made.setAttribute('aria-label', say(months < 0 ? 'previousMonth' : 'nextMonth'));
    return made;
  };
  const previous = arrow(-1);
  const next = arrow(1);

  const lengths = () => {
    const { type, duration, booking } = visit;
    if (!type || type.durations.length < 2 || booking) return null;
    const choices = each(type.durations, (n) => {
      const change = () => {
        visit.duration = n;
        visit.slots = null;
        screen.readDays();
      };
      return h('label', {}, h('input', { type: 'radio', name: 'length', checked: n === duration, change }), say('min', { n }));
    });
    return h('div', { class: 'length', role: 'radiogroup', 'aria-labelledby': 'length' },
      h('span', { class: 'small muted', id: 'length' }, say('length')),
      h('div', { class: 'segments' }, choices));
  };

  const zones = () => {
    const { info, type, zone } = visit;
    const now = Date.now();
    const label = times.zoneName('label', now, zone);
    if (type?.lock_timezone) return h('p', { class: 'small muted' }, say('timesInZone', { zone: label }));
    // Not before the list is opened: it takes long.
    const open = () => {
      if (list.length > 1) return;
      /** @type {[string, string][]} */
      const named = [];
      const theirs = info?.timezone;
      for (const other of ['UTC', ...Intl.supportedValuesOf?.('timeZone') ?? []]) {
        if (other === zone || other === theirs) continue;
        insert(named, [city(other), other], ([name]) => name);
      }
      if (theirs && theirs !== zone) add(theirs, times.zoneName('label', now, theirs));
      for (const [name, other] of named) add(other, `${name} · ${offsetText(now, other)}`);
    };
    const list = h('select', { id: 'zone', focus: open, pointerdown: open, change: () => screen.chooseZone(list.value) });
    /** @param {string} value @param {string} text */
    const add = (value, text) => list.appendChild(h('option', { value }, text));
    add(zone, label);
    return [h('label', { class: 'small muted', for: 'zone' }, say('timesIn')), list];
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
    const ahead = times.direction === 'rtl' ? -1 : 1;
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
    fill(empty);
    if (days?.size !== 0) return;
    const month = times.write('monthName', visit.month);
    const day = after && times.write('day', after);
    fill(empty, h('p', {}, day ? say('monthEmpty', { month, day }) : say('monthEmptyAll', { month })),
      day && button('dense', () => screen.goToDay(after), say('goTo', { day })));
  };

  const update = () => {
    const { month, today, days, day: chosen } = visit;
    const hadFocus = table.contains(screen.host.shadow.activeElement);
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
        'aria-label': `${times.write('day', day)}, ${isFree ? say('timesFree', { n }) : say('nothingFree')}${isToday ? `, ${say('today')}` : ''}`,
        'aria-disabled': !isFree && 'true', 'aria-current': isToday && 'date',
        click: () => {
          current = day;
          if (isFree) screen.chooseDay(day);
        },
      }, times.format('number', 'UTC').formatToParts(at(day))[0].value));
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
  const { say, times, visit } = screen;
  const heading = h('h3', { tabindex: '-1' });
  const count = h('p', { class: 'small muted' });
  const notice = h('div', { role: 'alert' });
  const list = h('div');
  const back = button('link back', () => screen.backToDays(), `‹ ${say('backToDays')}`);

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
        made[made.length] = h('h4', { id }, say(id));
        made[made.length] = its;
      }
      let time = screen.timeOf(start);
      // When the clock goes back.
      if (seen.get(time) !== 1) time += ` ${times.zoneName('offset', at(start), zone)}`;
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
    fill(heading, day ? times.write('day', day) : say('chooseDay'));
    if (!day) {
      fill(count, days?.size !== 0 && say('chooseDayHint'));
      fill(list);
      return;
    }
    const n = slots ? slots.length : days?.get(day) ?? 4;
    fill(count, n > 0 ? say('timesFree', { n }) : say('dayEmpty'));
    if (slots) {
      fill(list, parts(slots, day));
      return;
    }
    fill(list, h('h4', {}, '\u00a0'), h('div', { class: 'slots', 'aria-hidden': 'true' }, bones(n)));
  };

  const node = h('section', { class: 'side times' }, heading, count, notice, list, back);
  update();
  return { node, heading, notice, update };
}

/** @type {Choosing & ThisType<BookingScreen>} */
export const choosing = {
  update() {
    this.parts.month?.update();
    this.parts.dayTimes?.update();
  },

  async read(attempt, action, done) {
    try {
      const result = await attempt.run(action);
      if (result) done(result);
    } catch (error) {
      this.failed(error, () => this.read(attempt, action, done));
    }
  },

  readDays() {
    const { visit } = this;
    visit.days = null;
    this.update();
    return this.read(this.reading, () => visit.askDays(), (rows) => {
      visit.takeDays(rows);
      this.pickDay();
    });
  },

  pickDay() {
    const { visit } = this;
    // The times of a day of another month stay.
    if (!visit.day || monthOf(visit.day) === visit.month) {
      if (!visit.day || !visit.days?.has(visit.day)) visit.day = visit.firstFree;
      visit.slots = null;
    }
    this.update();
    if (visit.day && !visit.slots) this.readSlots(visit.day);
  },

  readSlots(day) {
    const { visit } = this;
    this.read(this.acting, () => visit.askSlots(day), (slots) => {
      if (visit.day !== day) return;
      visit.slots = slots;
      if (visit.days && monthOf(day) === visit.month) {
        if (slots.length > 0) visit.days.set(day, slots.length);
        else visit.days.delete(day);
      }
      this.update();
    });
  },

  chooseDay(day) {
    const { visit } = this;
    if (this.isActing) return;
    visit.day = day;
    visit.slots = null;
    if (this.step === 'ask') this.show('move');
    this.update();
    const isFirst = this.step === 'times';
    this.note(isFirst ? 'day' : this.step, isFirst && history.state?.calendarBooking !== 'day');
    this.lead(this.parts.dayTimes);
    this.host.emit('day_selected', { day, slots: visit.days?.get(day) });
    this.readSlots(day);
  },

  goToDay(day) {
    const { visit } = this;
    visit.month = monthOf(day);
    visit.day = day;
    visit.slots = null;
    this.readDays().then(() => this.parts.month?.focus());
  },

  chooseZone(zone) {
    const { visit } = this;
    const start = visit.slots?.[0]?.slot_start;
    visit.zone = zone;
    visit.slots = null;
    if (start) visit.day = dayOf(at(start), zone);
    if (visit.month < monthOf(visit.today)) visit.month = monthOf(visit.today);
    this.readDays();
  },
};
