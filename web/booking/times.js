// The times of the chosen day.

import { button, fill, h } from '../shared/element.js';
import { at, wall, zoneName } from '../shared/times.js';

export class DayTimes {
  /** @param {BookingScreen} screen */
  constructor(screen) {
    this.screen = screen;
    this.heading = h('h3', { tabindex: '-1' });
    this.count = h('p', { class: 'small muted' });
    this.notice = h('div', { role: 'alert' });
    this.list = h('div', {});
    this.back = button('link back', () => screen.backToDays(), `${screen.times.direction === 'rtl' ? '›' : '‹'} ${screen.say('backToDays')}`);
    this.node = h('section', { class: 'side times' }, this.heading, this.count, this.notice, this.list, this.back);
    this.update();
  }

  update() {
    const { screen } = this;
    const { day, slots, days } = screen.visit;
    this.back.hidden = !day;
    if (!day) {
      fill(this.heading, screen.say('chooseDay'));
      fill(this.count, days?.size !== 0 && screen.say('chooseDayHint'));
      fill(this.list);
      return;
    }
    fill(this.heading, screen.times.write('day', day));
    const n = slots ? slots.length : days?.get(day) ?? 4;
    fill(this.count, n > 0 ? screen.say('timesFree', { n }) : screen.say('dayEmpty'));
    if (slots) {
      this.show(slots, day);
      return;
    }
    const bones = [];
    for (let slot = 0; slot < n; slot++) bones[slot] = h('span', { class: 'bone tall' });
    fill(this.list, h('h4', {}, '\u00a0'), h('div', { class: 'slots', 'aria-hidden': 'true' }, bones));
  }

  /** @param {Slot[]} slots @param {string} day */
  show(slots, day) {
    const { times, locale, visit: { zone } } = this.screen;
    /** @type {Map<string, string>} */
    const seen = new Map();
    /** @type {Set<string>} */
    const twice = new Set();
    for (const { slot_start: start } of slots) {
      const time = times.write('time', start, zone);
      if (seen.has(time)) twice.add(time);
      seen.set(time, start);
    }
    const parts = [];
    let part = '';
    let list;
    for (const slot of slots) {
      const ms = at(slot.slot_start);
      const hour = new Date(wall(ms, zone)).getUTCHours();
      const its = hour < 12 ? 'morning' : hour < 17 ? 'afternoon' : 'evening';
      if (its !== part) {
        part = its;
        list = h('ul', { class: 'slots', 'aria-labelledby': part });
        parts[parts.length] = h('h4', { id: part }, this.screen.say(part));
        parts[parts.length] = list;
      }
      let time = times.write('time', slot.slot_start, zone);
      // When the clock goes back.
      if (twice.has(time)) time += ` ${zoneName('offset', locale, ms, zone)}`;
      list?.appendChild(h('li', {}, h('button', {
        type: 'button', class: 'slot', 'data-start': slot.slot_start,
        'aria-label': `${time}, ${times.write('day', day)}`,
        click: () => this.screen.chooseSlot(slot),
      }, time)));
    }
    fill(this.list, parts);
  }
}
