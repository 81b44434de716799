// Beside the form: the time, and how long it is reserved. The same where a booking is moved.

import { button, fill, h } from '../shared/element.js';
import { at, city, dayOf, wall, zoneName } from '../shared/times.js';
import { shortName } from './head.js';

const WARNING_MS = 120_000;

/** @param {BookingScreen} screen @param {Slot} slot */
export function there(screen, { slot_start: start }) {
  const { times, visit } = screen;
  const { timezone = 'UTC', broker_name: name = '' } = visit.info ?? visit.booking ?? {};
  const ms = at(start);
  if (wall(ms, visit.zone) === wall(ms, timezone)) return null;
  const day = dayOf(ms, timezone);
  return h('p', { class: 'small muted there' }, screen.say(day === dayOf(ms, visit.zone) ? 'there' : 'thereDay', {
    time: times.write('time', start, timezone), day: times.write('day', day), name: shortName(name), city: city(timezone),
  }));
}

/** @param {BookingScreen} screen @param {Slot} slot */
export function when(screen, slot) {
  const { times, locale, visit: { zone } } = screen;
  return [
    h('p', { class: 'when' }, times.write('full', slot.slot_start, zone)),
    h('p', { class: 'when' }, times.span(slot, zone)),
    h('p', { class: 'small muted' }, zoneName('text', locale, at(slot.slot_start), zone)),
    there(screen, slot),
  ];
}

export class Summary {
  /** @param {BookingScreen} screen */
  constructor(screen) {
    this.screen = screen;
    this.when = h('div', {});
    this.left = h('b', {});
    this.fill = h('div', {});
    this.more = h('div', { class: 'row tight' });
    this.clock = h('div', { class: 'clock' });
    this.isWarned = false;
    this.isOver = false;
    this.isLongest = false;
    this.node = h('aside', { class: 'side summary', 'aria-label': screen.say('yourTime') },
      h('p', { class: 'label' }, screen.say('yourTime')), this.when,
      button('link', () => screen.backToTimes(), screen.say('another')),
      this.clock);
    this.update();
    this.timer = setInterval(() => this.tick(), 1000);
  }

  end() {
    clearInterval(this.timer);
  }

  update() {
    const { hold } = this.screen.visit;
    if (!hold) return;
    fill(this.when, when(this.screen, hold));
    this.isWarned = false;
    this.isOver = false;
    fill(this.more);
    fill(this.clock, h('div', { class: 'clock-line', role: 'timer' }, h('span', { class: 'small' }, this.screen.say('reserved')), this.left),
      h('div', { class: 'bar', 'aria-hidden': 'true' }, this.fill), this.more);
    this.tick();
  }

  over() {
    this.isOver = true;
    fill(this.clock, h('p', { class: 'small' }, this.screen.say('notReserved')));
  }

  tick() {
    const { screen } = this;
    const { hold } = screen.visit;
    if (!hold || this.isOver) return;
    const ms = hold.until - Date.now();
    if (ms <= 0) {
      this.over();
      screen.lapse();
      return;
    }
    const seconds = Math.ceil(ms / 1000);
    const rest = seconds % 60;
    fill(this.left, `${Math.floor(seconds / 60)}:${rest < 10 ? '0' : ''}${rest}`);
    this.fill.style.setProperty('width', `${(100 * ms) / Math.max(hold.total, 1)}%`);
    if (ms <= WARNING_MS && !this.isWarned) {
      this.isWarned = true;
      screen.announce(screen.say('twoMinutes'));
      this.offerMore();
    }
  }

  offerMore() {
    const { screen } = this;
    if (this.isLongest) {
      fill(this.more, h('p', { class: 'small' }, screen.say('keptEnough')));
    } else {
      fill(this.more, h('p', { class: 'small' }, screen.say('longer')),
        button('dense', () => screen.extend(), screen.say('keepLonger')));
    }
  }
}

/** @param {BookingScreen} screen */
export function moving(screen) {
  const { booking, zone } = screen.visit;
  const start = booking?.slot_start ?? '';
  return h('div', { class: 'moving' },
    h('h3', { tabindex: '-1', class: 'move-heading' }, screen.say('moveHeading')),
    h('p', { class: 'small muted' }, screen.say('moveFrom', {
      when: `${screen.times.write('both', start, zone)}, ${zoneName('short', screen.locale, at(start), zone)}`,
    })),
    button('link', () => screen.backToBooking(), screen.say('keepIt')));
}

export class MoveAsk {
  /** @param {BookingScreen} screen @param {Slot} slot */
  constructor(screen, slot) {
    this.notice = h('div', { role: 'alert' });
    this.heading = h('h3', { tabindex: '-1' }, screen.say('moveAsk'));
    this.button = button('primary', () => screen.move(slot), screen.say('moveBooking'));
    this.node = h('section', { class: 'side summary' }, this.notice, this.heading, when(screen, slot),
      h('div', { class: 'row send' }, this.button,
        button('link', () => screen.backToTimes(), screen.say('another'))));
  }

  /** @param {Node | null} what */
  show(what) {
    fill(this.notice, what);
  }
}
