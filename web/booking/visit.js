// What a visit knows and does.

import { json } from '../shared/api.js';
import { around, at, dayOf, monthOf } from '../shared/times.js';

const HOLD_MS = 600_000;
const LONGEST_MS = 3_600_000;
const WEEK_MS = 604_800_000;

/** @param {number} ms */
const instant = (ms) => new Date(ms).toISOString();

function randomKey() {
  let key = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) key += (byte < 16 ? '0' : '') + byte.toString(16);
  return key;
}

export class Visit {
  /** @param {Api} api @param {string} page @param {string} zone */
  constructor(api, page, zone) {
    this.api = api;
    this.page = page;
    this.zone = zone;
    /** @type {Page | null} */
    this.info = null;
    /** @type {Type | null} */
    this.type = null;
    /** @type {number | null} */
    this.duration = null;
    this.month = monthOf(this.today);
    /** @type {Map<string, number> | null} */
    this.days = null;
    /** @type {string | null} */
    this.after = null;
    /** @type {string | null} */
    this.day = null;
    /** @type {Slot[] | null} */
    this.slots = null;
    /** @type {Hold | null} */
    this.hold = null;
    /** @type {Booking | null} */
    this.booking = null;
    this.token = '';
    /** @type {Promise<Slot[] | null> | null} */
    this.soon = null;
    this.soonUntil = 0;
    this.asked = '';
    this.key = '';
  }

  get today() {
    return dayOf(Date.now(), this.zone);
  }

  /** @param {string} page */
  async readPage(page) {
    this.info = /** @type {Page} */ (await this.api.get('rpc/get_booking_page', { page }));
    return this.info;
  }

  /** @param {Type} type */
  chooseType(type) {
    this.type = type;
    this.duration = type.durations[0] ?? null;
    if (type.lock_timezone && this.info) this.zone = this.info.timezone;
  }

  /** @returns {Promise<{ day: string, slots: number }[]>} */
  askDays() {
    return this.api.get('rpc/get_free_days', {
      page: this.type?.page ?? this.page, month: `${this.month}-01`, timezone: this.zone, duration_minutes: this.duration,
    });
  }

  /** @param {{ day: string, slots: number }[]} rows */
  takeDays(rows) {
    this.days = new Map();
    this.after = null;
    for (const row of rows) {
      if (row.slots < 1) continue;
      if (monthOf(row.day) === this.month) this.days.set(row.day, row.slots);
      else if (row.day > this.month) this.after = row.day;
    }
  }

  get firstFree() {
    let first = null;
    for (const [day] of this.days ?? []) if (first === null || day < first) first = day;
    return first;
  }

  /** @param {string} from @param {string} until @returns {Promise<Slot[]>} */
  slotsWithin(from, until) {
    return this.api.get('rpc/get_page_slots', {
      page: this.type?.page ?? this.page, window_start: from, window_end: until, duration_minutes: this.duration,
    });
  }

  // The times of the first days need not wait for the days.
  askSoon() {
    const now = Date.now();
    this.soonUntil = now + WEEK_MS;
    this.soon = this.slotsWithin(instant(now - WEEK_MS), instant(this.soonUntil)).catch(() => null);
  }

  /** @param {string} day */
  async askSlots(day) {
    /** @type {Slot[]} */
    const own = [];
    const [from, until] = around(day, this.zone);
    const { soon } = this;
    this.soon = null;
    for (const slot of (at(until) < this.soonUntil && await soon) || await this.slotsWithin(from, until)) {
      if (dayOf(at(slot.slot_start), this.zone) === day) own[own.length] = slot;
    }
    return own;
  }

  /** The three nearest free times. @param {string} start */
  async look(start) {
    /** @type {Slot[]} */
    const nearest = [];
    const far = (/** @type {Slot} */ slot) => Math.abs(at(slot.slot_start) - at(start));
    for (const slot of await this.slotsWithin(instant(at(start) - WEEK_MS), instant(at(start) + WEEK_MS))) {
      let place = nearest.length;
      for (; place > 0 && far(nearest[place - 1]) > far(slot); place--) nearest[place] = nearest[place - 1];
      nearest[place] = slot;
      if (nearest.length > 3) nearest.length = 3;
    }
    return nearest;
  }

  /** @param {string} start */
  async reserve(start) {
    const fields = this.hold?.fields;
    const token = this.hold?.token ?? null;
    const asked = `${this.type?.page} ${start} ${this.duration}`;
    // An answer may be lost: asked with the same key, it is the same reservation.
    if (asked !== this.asked) {
      this.asked = asked;
      this.key = randomKey();
    }
    /** @param {string | null} moved */
    const ask = (moved) => this.api.call('hold_slot', {
      page: this.type?.page, slot_start: start, duration_minutes: this.duration, token: moved, idempotency_key: moved ? null : this.key,
    });
    let answer;
    try {
      answer = await ask(token);
    } catch (error) {
      const { kind, message } = /** @type {import('../shared/api.js').Refusal} */ (error);
      if (!token || (kind !== 'unknown' && message !== 'wrong_state')) throw error;
      this.hold = null;
      answer = await ask(null);
    }
    this.asked = '';
    return this.keepHold(answer, fields);
  }

  async extend() {
    const { hold } = this;
    return hold && this.keepHold(await this.api.call('extend_hold', { token: hold.token }), hold.fields, hold.until);
  }

  /** By the visitor's clock alone, which may be wrong. @param {any} answer @param {Fields} [fields] @param {number} [before] */
  keepHold(answer, fields, before = Date.now()) {
    const now = Date.now();
    const since = this.hold && this.hold.until > now ? this.hold.since : now;
    const until = Math.min(before + HOLD_MS, since + LONGEST_MS);
    this.hold = { ...answer, since, until, total: until - now, fields };
    this.store();
    return this.hold;
  }

  /** @param {string} name of a function that returns the booking @param {Record<string, any>} [parameters] */
  async own(name, parameters) {
    this.booking = /** @type {Booking} */ (await this.api.call(name, { token: this.token, ...parameters }));
    return this.booking;
  }

  /** @param {Record<string, any>} details */
  async complete(details) {
    const token = this.hold?.token ?? '';
    const booking = await this.own('complete_hold', { token, ...details });
    this.token = token;
    this.hold = null;
    this.store();
    return booking;
  }

  store() {
    try {
      const key = `calendar-booking:${this.page}`;
      sessionStorage.setItem(key, json(this.hold && { ...this.hold, type: this.type?.page, duration: this.duration, zone: this.zone }));
    } catch {}
  }

  restore() {
    try {
      const read = JSON.parse(sessionStorage.getItem(`calendar-booking:${this.page}`) ?? 'null');
      if (!(at(read.slot_start) > Date.now())) return;
      for (const type of this.info?.types ?? []) {
        if (type.page === read.type) {
          this.chooseType(type);
          this.duration = read.duration;
          if (!type.lock_timezone) this.zone = read.zone;
          this.day = dayOf(at(read.slot_start), this.zone);
          this.month = monthOf(this.day);
          this.hold = read;
        }
      }
    } catch {}
  }

}
