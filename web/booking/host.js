// What the steps share.

import { Attempt, Refusal } from '../shared/api.js';
import { CalendarElement, button, fill, h } from '../shared/element.js';
import { at, dayOf, monthOf } from '../shared/times.js';
import { notice } from './head.js';

const TOKEN = /^#([A-Za-z0-9_-]{40,100})$/;

export class BookingHost extends CalendarElement {
  constructor() {
    super();
    this.locale = 'en';
    this.times = /** @type {Times} */ (/** @type {any} */ (null));
    this.words = /** @type {Words} */ (/** @type {any} */ (null));
    /** The host's, for a language that is not here. @type {Dictionary | null} */
    this.dictionary = null;
    this.visit = /** @type {Visit} */ (/** @type {any} */ (null));
    /** @type {Step} */
    this.step = 'loading';
    /** @type {Month | null} */
    this.month = null;
    /** @type {DayTimes | null} */
    this.dayTimes = null;
    /** @type {Form | null} */
    this.form = null;
    /** @type {Summary | null} */
    this.summary = null;
    /** @type {Done | null} */
    this.done = null;
    /** @type {MoveAsk | null} */
    this.moveAsk = null;
    /** @type {HTMLElement | null} */
    this.above = null;
    this.isActing = false;
    this.loading = this.attempt((what) => this.showAbove(what));
    this.reading = this.attempt((what) => this.month && fill(this.month.notice, what));
    this.acting = this.attempt((what) => this.showNear(what));
  }

  /** @param {Step} step */
  show(step) {
    this.step = step;
  }

  leave() {
    this.summary?.end();
    this.summary = null;
    for (const attempt of [this.loading, this.reading, this.acting]) attempt.turn++;
  }

  /** @param {string} key @param {Record<string, string | number>} [values] */
  say(key, values) {
    return this.words.say(key, values);
  }

  addressToken() {
    return this.hasAttribute('booking-url') ? null : TOKEN.exec(location.hash)?.[1] ?? null;
  }

  ownLink() {
    const base = this.getAttribute('booking-url');
    return base ? `${new URL(base, document.baseURI).href}#${this.visit.token}` : null;
  }

  get isNarrow() {
    return this.clientWidth < 760;
  }

  /** @param {{ heading: HTMLElement, node: HTMLElement } | null} part */
  lead(part) {
    part?.heading.focus({ preventScroll: true });
    part?.node.scrollIntoView({ block: this.isNarrow ? 'start' : 'nearest' });
  }

  /** @param {boolean} isActing */
  busy(isActing) {
    this.isActing = isActing;
    this.form?.sending(isActing);
    if (isActing) this.root.setAttribute('aria-busy', 'true');
    else this.root.removeAttribute('aria-busy');
  }

  /** @param {(what: Node | null) => void} show */
  attempt(show) {
    return new Attempt((again) => show(again && notice('warn', this.say('offline'),
      this.say(this.step === 'form' ? 'offlineKept' : 'offlineHint'),
      [button('dense', again, this.say('again'))])));
  }

  /** @param {Node | null} what */
  showAbove(what) {
    if (this.above) fill(this.above, what);
  }

  /** @param {Node | null} what */
  showNear(what) {
    if (this.form) {
      this.form.show(what);
      this.form.sending(this.isActing);
    } else {
      const place = this.moveAsk?.notice ?? this.dayTimes?.notice ?? this.done?.notice ?? this.above;
      if (place) fill(place, what);
      if (what) place?.scrollIntoView({ block: 'nearest' });
    }
  }

  /** @param {Slot[]} slots @param {(slot: Slot) => void} choose @returns {Node[]} */
  alternatives(slots, choose) {
    const { zone } = this.visit;
    const day = this.visit.hold ? dayOf(at(this.visit.hold.slot_start), zone) : this.visit.day;
    /** @type {Node[]} */
    const buttons = [];
    for (const slot of slots) {
      const isSameDay = dayOf(at(slot.slot_start), zone) === day;
      buttons[buttons.length] = button('dense alternative', () => choose(slot),
        this.times.write(isSameDay ? 'time' : 'both', slot.slot_start, zone));
    }
    return buttons;
  }

  /** @param {unknown} error @param {() => void} again */
  failed(error, again) {
    const { kind = 'failed', message, retryAfter } = /** @type {Refusal} */ (error);
    this.emit('failed', { reason: kind });
    if (kind === 'input' && this.form?.refused(message)) return;
    const retry = button('dense', () => {
      this.showNear(null);
      again();
    }, this.say('again'));
    if (kind === 'limited') {
      retry.hidden = true;
      setTimeout(() => { retry.hidden = false; }, retryAfter * 1000);
      this.showNear(notice('warn', this.say('limited', { n: retryAfter }), null, [retry]));
    } else if (kind === 'input') {
      this.showNear(notice('bad', this.say('refused', { why: message }), null));
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

  async readDays() {
    const { visit } = this;
    visit.days = null;
    this.month?.update();
    this.dayTimes?.update();
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
    this.month?.update();
    this.dayTimes?.update();
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
      this.month?.update();
      this.dayTimes?.update();
    } catch (error) {
      this.failed(error, () => this.readSlots(day));
    }
  }

  /** @param {string} month */
  showMonth(month) {
    this.visit.month = month;
    this.readDays();
  }

  /** @param {string} day */
  chooseDay(day) {
    const { visit } = this;
    if (this.isActing) return;
    visit.day = day;
    visit.slots = null;
    if (this.step === 'ask') this.show('move');
    this.month?.update();
    this.dayTimes?.update();
    const state = { ...history.state, calendarBooking: this.step === 'times' ? 'day' : this.step };
    if (history.state?.calendarBooking === 'day' || this.step !== 'times') history.replaceState(state, '');
    else history.pushState(state, '');
    this.lead(this.dayTimes);
    this.emit('day_selected', { day, slots: visit.days?.get(day) });
    this.readSlots(day);
  }

  /** @param {string} day */
  goToDay(day) {
    this.visit.month = monthOf(day);
    this.visit.day = day;
    this.visit.slots = null;
    this.readDays().then(() => this.month?.focus());
  }

  /** @param {number} minutes */
  chooseLength(minutes) {
    this.visit.duration = minutes;
    this.visit.slots = null;
    this.readDays();
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
