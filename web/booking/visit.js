// What a visit knows and does.

import { around, at, dayOf, insert, instant, json, monthOf } from '../shared/core.js';

const HOLD_MS = 600_000;
export const LONGEST_MS = 3_600_000;
const WEEK_MS = 604_800_000;

/** @type {VisitOf} */
export const visitOf = (api, page, zone) => ({
  api,
  page,
  zone,
  info: null,
  type: null,
  duration: null,
  month: monthOf(dayOf(Date.now(), zone)),
  days: null,
  after: null,
  day: null,
  slots: null,
  hold: null,
  booking: null,
  token: '',
  soon: null,
  soonUntil: 0,
  asked: '',
  key: '',

  get start() {
    return (this.hold ?? this.booking)?.slot_start ?? '';
  },

  get today() {
    return dayOf(Date.now(), this.zone);
  },

  get firstFree() {
    let first = null;
    for (const [day] of this.days ?? []) if (first === null || day < first) first = day;
    return first;
  },

  async readInfo(page) {
    return this.info = await this.api.get('rpc/get_booking_page', { page });
  },

  async open(token) {
    if (token) await this.readOwn(token);
    else if (this.page) await this.readPage();
    return true;
  },

  async readPage() {
    const days = this.askDays().catch(() => null);
    this.askSoon();
    const { types: [type, ...others] } = await this.readInfo(this.page);
    this.restore();
    if (type && others.length < 1 && !this.hold) {
      const { zone } = this;
      this.chooseType(type);
      if (type.page === this.page) {
        const rows = this.zone === zone && await days;
        if (rows) this.takeDays(rows);
        return;
      }
    }
    this.soon = null;
  },

  async readOwn(token) {
    this.token = token;
    const { page, duration_minutes: minutes } = await this.own('get_own_booking');
    this.page ||= page || '';
    try {
      for (const type of page ? (await this.readInfo(page)).types : []) if (type.page === page) this.chooseType(type);
      this.duration = minutes;
    } catch (error) {
      // The page is not public any more.
      if (/** @type {Refusal} */ (error).kind !== 'unknown') throw error;
    }
  },

  chooseType(type) {
    this.type = type;
    this.duration = type.durations[0] ?? null;
    if (type.lock_timezone && this.info) this.zone = this.info.timezone;
  },

  ask(name, parameters) {
    return this.api.get(`rpc/${name}`, { page: this.type?.page ?? this.page, duration_minutes: this.duration, ...parameters });
  },

  askDays() {
    return this.ask('get_free_days', { month: `${this.month}-01`, timezone: this.zone });
  },

  takeDays(rows) {
    this.days = new Map();
    this.after = null;
    for (const row of rows) {
      if (row.slots < 1) continue;
      if (monthOf(row.day) === this.month) this.days.set(row.day, row.slots);
      else if (row.day > this.month) this.after = row.day;
    }
  },

  slotsWithin(from, until) {
    return this.ask('get_page_slots', { window_start: from, window_end: until });
  },

  askSoon() {
    const now = Date.now();
    this.soonUntil = now + WEEK_MS;
    this.soon = this.slotsWithin(instant(now - WEEK_MS), instant(this.soonUntil)).catch(() => null);
  },

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
  },

  async look() {
    /** @type {Slot[]} */
    const nearest = [];
    const ms = at(this.start);
    const far = (/** @type {Slot} */ slot) => Math.abs(at(slot.slot_start) - ms);
    for (const slot of await this.slotsWithin(instant(ms - WEEK_MS), instant(ms + WEEK_MS))) {
      insert(nearest, slot, far);
      if (nearest.length > 3) nearest.length = 3;
    }
    return nearest;
  },

  async reserve(start) {
    const { hold, type, duration } = this;
    const asked = `${type?.page} ${start} ${duration}`;
    // An answer may be lost: asked with the same key, it is the same reservation.
    if (asked !== this.asked) {
      this.asked = asked;
      this.key = `${crypto.getRandomValues(new Uint32Array(4))}`;
    }
    const ask = (token = hold?.token) => this.api.call('hold_slot', {
      page: type?.page, slot_start: start, duration_minutes: duration, token: token || null, idempotency_key: token ? null : this.key,
    });
    let answer;
    try {
      answer = await ask();
    } catch (error) {
      const { kind, message } = /** @type {Refusal} */ (error);
      if (!hold || (kind !== 'unknown' && message !== 'wrong_state')) throw error;
      this.hold = null;
      answer = await ask('');
    }
    this.asked = '';
    return this.keepHold(answer, hold?.fields);
  },

  async extend() {
    const { hold } = this;
    return hold && this.keepHold(await this.api.call('extend_hold', { token: hold.token }), hold.fields, hold.until);
  },

  keepHold(answer, fields, before = Date.now()) {
    const now = Date.now();
    const since = this.hold && this.hold.until > now ? this.hold.since : now;
    const until = Math.min(before + HOLD_MS, since + LONGEST_MS);
    const hold = this.hold = { ...answer, since, until, total: until - now, fields };
    this.store();
    return hold;
  },

  async own(name, parameters) {
    return this.booking = await this.api.call(name, { token: this.token, ...parameters });
  },

  async complete(details) {
    const token = this.hold?.token ?? '';
    const booking = await this.own('complete_hold', { token, ...details });
    this.token = token;
    this.hold = null;
    this.store();
    return booking;
  },

  store() {
    try {
      sessionStorage.setItem(`calendar-booking:${this.page}`,
        json(this.hold && { ...this.hold, type: this.type?.page, duration: this.duration, zone: this.zone }));
    } catch {}
  },

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
  },
});
