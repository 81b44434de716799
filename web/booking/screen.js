// What the steps share.

import { Api, Attempt, CalendarElement, Refusal, Times, Words, at, button, dayOf, fill, h, mark, monthOf } from '../shared/core.js';
import { visitOf } from './visit.js';

/** The first name, where there are two: others may be companies, or have titles. @param {string} name */
export function shortName(name) {
  const space = name.indexOf(' ');
  return space > 0 && name.indexOf(' ', space + 1) < 0 ? name.slice(0, space) : name;
}

/** @param {string} name */
function initials(name) {
  const [, first, second = ''] = /^\s*(\S)\S*(?:.*?\s(\S))?/u.exec(name) ?? ['', ''];
  return first + second;
}

/** @param {Tone} tone @param {string} title @param {string | false | null} [text] @param {Node[]} [buttons] */
export function notice(tone, title, text, buttons) {
  return h('div', { class: `notice ${tone}` },
    h('strong', {}, title),
    text && h('p', { class: 'small' }, text),
    buttons && h('div', { class: 'row tight' }, buttons));
}

export class BookingHost extends CalendarElement {
  constructor() {
    super();
    this.locale = 'en';
    this.times = new Times();
    this.words = new Words();
    /** The host's, for a language that is not here. @type {Dictionary | null} */
    this.dictionary = null;
    this.visit = visitOf(new Api('', null), '', 'UTC');
    /** @type {Step} */
    this.step = 'loading';
    /** @type {Parts} */
    this.parts = {};
    this.above = h('div', { role: 'alert' });
    this.isActing = false;
    this.loading = this.attempt((what) => fill(this.above, what));
    this.reading = this.attempt((what) => this.parts.month && fill(this.parts.month.notice, what));
    this.acting = this.attempt((what) => this.showNear(what));
  }

  /** @param {Step} step */
  show(step) {
    this.step = step;
  }

  leave() {
    this.parts.summary?.end();
    this.parts = {};
    for (const attempt of [this.loading, this.reading, this.acting]) attempt.turn++;
  }

  /** @param {string} key @param {Record<string, string | number>} [values] */
  say(key, values) {
    return this.words.say(key, values);
  }

  /** @param {string} start */
  timeOf(start) {
    return this.times.write('time', start, this.visit.zone);
  }

  addressToken() {
    return this.hasAttribute('booking-url') ? null : /^#([\w-]{40,100})$/.exec(location.hash)?.[1] ?? null;
  }

  ownLink() {
    const base = this.getAttribute('booking-url');
    return base && `${new URL(base, document.baseURI).href}#${this.visit.token}`;
  }

  get isNarrow() {
    return this.clientWidth < 760;
  }

  /** @param {{ heading: HTMLElement, node: HTMLElement }} [part] */
  lead(part) {
    part?.heading.focus({ preventScroll: true });
    part?.node.scrollIntoView({ block: this.isNarrow ? 'start' : 'nearest' });
  }

  /** @param {boolean} isActing */
  busy(isActing) {
    this.isActing = isActing;
    this.parts.form?.sending(isActing);
    mark(this.root, 'aria-busy', isActing);
  }

  /** @param {(what: Node | null) => void} show */
  attempt(show) {
    return new Attempt((again) => show(again && notice('warn', this.say('offline'),
      this.say(this.step === 'form' ? 'offlineKept' : 'offlineHint'),
      [button('dense', again, this.say('again'))])));
  }

  /** @param {Node | null} what */
  showNear(what) {
    const { form, moveAsk, dayTimes, done } = this.parts;
    if (form) {
      form.show(what);
      form.sending(this.isActing);
      return;
    }
    const place = (moveAsk ?? dayTimes ?? done)?.notice ?? this.above;
    fill(place, what);
    if (what) place.scrollIntoView({ block: 'nearest' });
  }

  /** @param {Slot[]} slots @param {(slot: Slot) => void} choose */
  alternatives(slots, choose) {
    const { hold, zone, day } = this.visit;
    const own = hold ? dayOf(at(hold.slot_start), zone) : day;
    const buttons = [];
    for (const slot of slots) {
      const { slot_start: start } = slot;
      buttons[buttons.length] = button('dense alternative', () => choose(slot),
        this.times.write(dayOf(at(start), zone) === own ? 'time' : 'both', start, zone));
    }
    return buttons;
  }

  /** @param {unknown} error @param {() => void} again */
  failed(error, again) {
    const { kind = 'failed', message, retryAfter } = /** @type {Refusal} */ (error);
    this.emit('failed', { reason: kind });
    if (kind === 'input' && this.parts.form?.refused(message)) return;
    const retry = button('dense', () => {
      this.showNear(null);
      again();
    }, this.say('again'));
    if (kind === 'limited') {
      retry.hidden = true;
      setTimeout(() => { retry.hidden = false; }, retryAfter * 1000);
      this.showNear(notice('warn', this.say('limited', { n: retryAfter }), null, [retry]));
    } else if (kind === 'input') {
      this.showNear(notice('bad', this.say('refused', { why: message })));
    } else {
      if (!(error instanceof Refusal)) console.error(error);
      this.showNear(notice('bad', this.say('failed'), this.say('failedHint'), [retry]));
    }
  }

  /** @param {string} title @param {string} text */
  message(title, text) {
    this.leave();
    this.step = 'message';
    fill(this.root, h('div', { class: 'card' }, h('div', { class: 'main' },
      h('h2', {}, this.say(title)), h('p', { class: 'muted' }, this.say(text)))));
    this.emit('failed', { reason: title });
  }

  /** @param {Type | Booking} what */
  placeOf({ location_kind: kind, location: place }) {
    if (!kind) return place ?? '';
    return place && kind === 'in_person' ? `${this.say(kind)}, ${place}` : this.say(kind);
  }

  /** @param {Type} type */
  factsOf(type) {
    const { durations } = type;
    /** @type {string[]} */
    const all = [];
    for (const n of durations) all[all.length] = all.length + 1 < durations.length ? `${n}` : this.say('minutes', { n });
    return [this.placeOf(type), new Intl.ListFormat(this.locale, { type: 'disjunction' }).format(all)];
  }

  head() {
    const { info, type, booking } = this.visit;
    const name = (info ?? booking)?.broker_name ?? '';
    let line = '';
    if (type) {
      const [place, lengths] = this.factsOf(type);
      line = `${place && `${place} · `}${lengths}`;
      if (type.requires_confirmation) line += ` · ${this.say('confirms', { name: shortName(name) })}`;
    } else if (booking) {
      line = this.placeOf(booking);
    }
    const title = type ? type.name : booking?.meeting_type;
    return h('header', { class: 'head' },
      h('div', { class: 'avatar', 'aria-hidden': 'true' }, initials(name)),
      h('div', {},
        h('h2', { class: 'broker' }, name),
        title && h('p', { class: 'muted' }, title),
        line && h('p', { class: 'small muted' }, line),
        type?.description && h('p', { class: 'small' }, type.description)));
  }

  skeleton() {
    const bone = (/** @type {string} */ more) => h('p', { class: `bone ${more}` });
    const side = [];
    while (side.length < 8) side[side.length] = bone('tall');
    return h('div', { class: 'card', 'aria-busy': 'true' },
      h('p', { class: 'hidden' }, this.say('loading')),
      h('div', { class: 'head' }, h('div', { class: 'avatar' }), h('div', { class: 'grow' }, bone('wide'), bone('wide'), bone('wide'))),
      h('div', { class: 'body' }, h('div', { class: 'main' }, bone('wide'), bone('month')),
        h('div', { class: 'side' }, bone('wide'), h('div', { class: 'slots' }, side))));
  }

  update() {
    this.parts.month?.update();
    this.parts.dayTimes?.update();
  }

  async readDays() {
    const { visit } = this;
    visit.days = null;
    this.update();
    try {
      const rows = await this.reading.run(() => visit.askDays());
      if (!rows) return;
      visit.takeDays(rows);
      this.pickDay();
    } catch (error) {
      this.failed(error, () => this.readDays());
    }
  }

  pickDay() {
    const { visit } = this;
    // The times of a day of another month stay.
    if (!visit.day || monthOf(visit.day) === visit.month) {
      if (!visit.day || !visit.days?.has(visit.day)) visit.day = visit.firstFree;
      visit.slots = null;
    }
    this.update();
    if (visit.day && !visit.slots) this.readSlots(visit.day);
  }

  /** @param {string} day */
  async readSlots(day) {
    const { visit } = this;
    try {
      const slots = await this.acting.run(() => visit.askSlots(day));
      if (!slots || visit.day !== day) return;
      visit.slots = slots;
      if (visit.days && monthOf(day) === visit.month) {
        if (slots.length > 0) visit.days.set(day, slots.length);
        else visit.days.delete(day);
      }
      this.update();
    } catch (error) {
      this.failed(error, () => this.readSlots(day));
    }
  }

  /** @param {string} day */
  chooseDay(day) {
    const { visit } = this;
    if (this.isActing) return;
    visit.day = day;
    visit.slots = null;
    if (this.step === 'ask') this.show('move');
    this.update();
    const isFirst = this.step === 'times';
    const state = { ...history.state, calendarBooking: isFirst ? 'day' : this.step };
    if (isFirst && history.state?.calendarBooking !== 'day') history.pushState(state, '');
    else history.replaceState(state, '');
    this.lead(this.parts.dayTimes);
    this.emit('day_selected', { day, slots: visit.days?.get(day) });
    this.readSlots(day);
  }

  /** @param {string} day */
  goToDay(day) {
    const { visit } = this;
    visit.month = monthOf(day);
    visit.day = day;
    visit.slots = null;
    this.readDays().then(() => this.parts.month?.focus());
  }

  /** @param {string} zone */
  chooseZone(zone) {
    const { visit } = this;
    const start = visit.slots?.[0]?.slot_start;
    visit.zone = zone;
    visit.slots = null;
    if (start) visit.day = dayOf(at(start), zone);
    if (visit.month < monthOf(visit.today)) visit.month = monthOf(visit.today);
    this.readDays();
  }
}
