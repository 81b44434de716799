// <calendar-booking>: its steps. docs/widget.md lists attributes and events.

import { Api, Times, at, button, chooseLocale, dayOf, fill, h, known, loadWords, monthOf } from './shared/core.js';
import { dayTimes, monthGrid } from './booking/days.js';
import { Done, Form, MoveAsk, Summary, moving } from './booking/form.js';
import { BookingHost, notice } from './booking/screen.js';
import { visitOf } from './booking/visit.js';

export class CalendarBooking extends BookingHost {
  static observedAttributes = ['src', 'page', 'lang', 'timezone'];

  constructor() {
    super();
    this.starts = 0;
    this.isDue = false;
    this.news = '';
    /** @type {Slot | null} */
    this.wanted = null;
    this.onPop = () => this.popped();
  }

  connectedCallback() {
    addEventListener('popstate', this.onPop);
    this.due();
  }

  disconnectedCallback() {
    removeEventListener('popstate', this.onPop);
    this.leave();
  }

  attributeChangedCallback() {
    if (this.isConnected) this.due();
  }

  due() {
    if (this.isDue) return;
    this.isDue = true;
    queueMicrotask(() => {
      this.isDue = false;
      this.start();
    });
  }

  async start() {
    const turn = ++this.starts;
    this.leave();
    this.noteAccent();
    this.locale = chooseLocale(this.getAttribute('lang'));
    this.times = new Times(this.locale);
    this.root.setAttribute('dir', this.times.direction);
    this.root.setAttribute('lang', this.locale);
    const api = new Api(this.getAttribute('src') ?? '', this.getAttribute('apikey'));
    this.visit = visitOf(api, this.getAttribute('page') ?? '', known(this.getAttribute('timezone')) ?? known(null) ?? 'UTC');
    const token = this.addressToken();
    const loaded = this.loading.run(() => (token ? this.readOwn(token) : this.readPage()));
    this.words = await loadWords(this.locale, this.dictionary);
    if (turn !== this.starts) return;
    this.show('loading');
    try {
      if (await loaded && turn === this.starts) this.begin();
    } catch (error) {
      if (turn !== this.starts) return;
      if (/** @type {Refusal} */ (error).kind === 'unknown') this.message(token ? 'tokenUnknown' : 'missing', token ? 'tokenUnknownHint' : 'missingHint');
      else this.failed(error, () => this.start());
    }
  }

  async readPage() {
    const { visit } = this;
    if (!visit.page) return true;
    const days = visit.askDays().catch(() => null);
    visit.askSoon();
    const { types } = await visit.readPage(visit.page);
    visit.restore();
    if (visit.hold || types.length !== 1) {
      visit.soon = null;
      return true;
    }
    const { zone } = visit;
    visit.chooseType(types[0]);
    if (types[0].page !== visit.page) visit.soon = null;
    const rows = types[0].page === visit.page && visit.zone === zone && await days;
    if (rows) visit.takeDays(rows);
    return true;
  }

  /** @param {string} token */
  async readOwn(token) {
    const { visit } = this;
    visit.token = token;
    const { page, duration_minutes: minutes } = await visit.own('get_own_booking');
    visit.page = visit.page || page || '';
    try {
      for (const type of page ? (await visit.readPage(page)).types : []) if (type.page === page) visit.chooseType(type);
      visit.duration = minutes;
    } catch (error) {
      // The page is not public any more.
      if (/** @type {Refusal} */ (error).kind !== 'unknown') throw error;
    }
    return true;
  }

  begin() {
    const { visit } = this;
    if (!visit.booking && !visit.page) this.message('noPage', 'missingHint');
    else if (visit.booking) this.show('done');
    else if (visit.hold) this.show('form');
    else if (!visit.type) this.show('types');
    else this.openTimes();
    this.emit('ready', { page: visit.page, booking: visit.booking?.id });
  }

  /** @param {Step} step @param {boolean} [isNew] whether Back is to lead here again */
  go(step, isNew = true) {
    if (isNew) history.pushState({ ...history.state, calendarBooking: step }, '');
    this.show(step);
  }

  /** @override @param {Step} step */
  show(step) {
    if (step !== 'loading') this.leave();
    this.step = step;
    fill(this.above);
    if (step === 'loading') {
      fill(this.root, this.above, this.skeleton());
      return;
    }
    const { parts, visit } = this;
    let look = 'one';
    let above;
    let body;
    if (step === 'types') {
      body = this.typeList();
    } else if (step === 'done' && visit.booking) {
      parts.done = new Done(this, visit.booking, this.news);
      body = parts.done.node;
      this.news = '';
    } else if (step === 'form') {
      parts.form = new Form(this);
      parts.summary = new Summary(this);
      look = step;
      body = [parts.summary.node, parts.form.node];
    } else {
      parts.month = monthGrid(this);
      if (step === 'ask' && this.wanted) parts.moveAsk = new MoveAsk(this, this.wanted);
      else parts.dayTimes = dayTimes(this);
      look = step;
      above = step !== 'times' && moving(this);
      body = [parts.month.node, (parts.moveAsk ?? parts.dayTimes)?.node];
    }
    fill(this.root, this.above, h('div', { class: 'card' }, this.head(), above, h('div', { class: `body ${look}` }, body)));
  }

  typeList() {
    const { visit } = this;
    const cards = [];
    for (const type of visit.info?.types ?? []) {
      const [place, lengths] = this.factsOf(type);
      cards[cards.length] = h('li', {}, button('type', () => {
        visit.chooseType(type);
        visit.days = visit.day = null;
        this.openTimes(true);
      }, h('span', {}, h('strong', {}, type.name ?? visit.info?.broker_name ?? ''),
        h('span', { class: 'small muted' }, `${lengths}${place && ` · ${place}`}`))));
    }
    return h('section', { class: 'main' }, h('h3', { id: 'what', tabindex: '-1' }, this.say('what')),
      h('ul', { class: 'types', 'aria-labelledby': 'what' }, cards));
  }

  popped() {
    const { visit } = this;
    const step = history.state?.calendarBooking;
    const token = this.addressToken();
    if (token && (token !== visit.token || !visit.booking)) {
      this.start();
      return;
    }
    if (visit.booking && step === 'move') {
      this.openTimes();
    } else if (token) {
      this.show('done');
    } else if (step === 'form' && visit.hold) {
      this.show(step);
    } else if (!visit.type || (!step && (visit.info?.types.length ?? 0) > 1)) {
      if (visit.info) this.show('types');
    } else {
      visit.booking = null;
      this.openTimes();
      if (step === 'day') this.parts.dayTimes?.heading.focus();
      else this.parts.month?.focus();
      return;
    }
    this.focusStart();
  }

  focusStart() {
    const heading = this.parts.form?.heading ?? this.parts.done?.heading ?? this.root.querySelector('.move-heading, h3[tabindex]');
    /** @type {HTMLElement | null} */ (heading)?.focus();
  }

  backToBooking() {
    if (history.state?.calendarBooking === 'move') history.back();
    else if (this.visit.booking) this.showBooking('', this.visit.booking);
  }

  /** @param {boolean} [isNew] */
  openTimes(isNew = false) {
    const { visit } = this;
    this.go(visit.booking ? 'move' : 'times', isNew);
    if (isNew) this.focusStart();
    if (!visit.days) this.readDays();
    else this.pickDay();
  }

  backToTimes() {
    this.visit.days = null;
    this.openTimes(true);
    this.parts.dayTimes?.heading.focus();
  }

  backToDays() {
    this.parts.month?.node.scrollIntoView({ block: 'nearest' });
    this.parts.month?.focus();
  }

  /** @param {Slot} slot */
  chooseSlot(slot) {
    this.emit('slot_selected', { slot_start: slot.slot_start, slot_end: slot.slot_end });
    if (this.visit.booking) {
      this.wanted = slot;
      this.show('ask');
      this.lead(this.parts.moveAsk);
    } else {
      this.reserve(slot.slot_start);
    }
  }

  /** @template T @param {() => Promise<T>} action @param {string} start @param {(result: NonNullable<T>) => void} done */
  async act(action, start, done) {
    if (this.isActing) return;
    this.busy(true);
    try {
      const result = await this.acting.run(action);
      if (result) done(result);
    } catch (error) {
      this.refused(error, start, () => this.act(action, start, done));
    } finally {
      this.busy(false);
    }
  }

  /** @param {string} start */
  reserve(start) {
    this.act(() => this.visit.reserve(start), start, (hold) => {
      if (this.parts.form) {
        this.parts.form.show(null);
        this.parts.summary?.update();
      } else {
        this.go('form');
      }
      this.parts.form?.heading.focus();
      if (this.isNarrow) this.root.querySelector('.body')?.scrollIntoView({ block: 'start' });
      this.emit('held', { booking: hold.booking, slot_start: start, slot_end: hold.slot_end });
    });
  }

  extend() {
    const { visit, parts: { form, summary } } = this;
    const before = visit.hold?.until ?? 0;
    this.act(() => visit.extend(), visit.hold?.slot_start ?? '', (hold) => {
      if (summary) summary.isLongest = hold.until < before + 540_000;
      summary?.update();
      this.announce(this.say('kept'));
      form?.heading.focus();
    });
  }

  async lapse() {
    const { visit } = this;
    const start = visit.hold?.slot_start ?? '';
    try {
      const nearest = await this.acting.run(() => visit.look(start));
      if (!nearest) return;
      const { form } = this.parts;
      if (nearest[0] && at(nearest[0].slot_start) === at(start)) form?.lapsed(start);
      else form?.lost(this.say('lost', { time: this.timeOf(start) }), nearest);
    } catch (error) {
      this.failed(error, () => this.lapse());
    }
  }

  /** @param {Record<string, any>} details */
  complete(details) {
    const { visit } = this;
    this.act(() => visit.complete(details), visit.hold?.slot_start ?? '', (booking) => {
      visit.days = null;
      this.showBooking('booked', booking, this.hasAttribute('booking-url') ? undefined : `#${visit.token}`);
    });
  }

  /** @param {string} news @param {Booking} booking @param {string} [address] */
  showBooking(news, { id, slot_start, slot_end, status }, address) {
    this.news = news;
    history.replaceState({ ...history.state, calendarBooking: 'done' }, '', address);
    this.show('done');
    this.focusStart();
    if (news) this.emit(news, { booking: id, slot_start, slot_end, status });
  }

  startMove() {
    const { visit } = this;
    visit.days = null;
    visit.duration = visit.booking?.duration_minutes ?? null;
    visit.day = dayOf(at(visit.booking?.slot_start ?? ''), visit.zone);
    visit.month = monthOf(visit.day);
    this.openTimes(true);
  }

  /** @param {Slot} slot */
  move({ slot_start: start }) {
    this.act(() => this.visit.own('reschedule_own_booking', { slot_start: start }), start,
      (booking) => this.showBooking('rescheduled', booking));
  }

  cancel() {
    const { visit } = this;
    this.act(() => visit.own('cancel_own_booking'), visit.booking?.slot_start ?? '',
      (booking) => this.showBooking('cancelled', booking));
  }

  bookAnother() {
    const { visit } = this;
    history.pushState({ ...history.state, calendarBooking: 'times' }, '',
      this.hasAttribute('booking-url') ? undefined : location.pathname + location.search);
    visit.booking = visit.days = visit.day = null;
    visit.month = monthOf(visit.today);
    if (visit.type) this.openTimes();
    else this.start();
    this.focusStart();
  }

  /** @param {unknown} error @param {string} start @param {() => void} again */
  refused(error, start, again) {
    const { kind, reason, message, alternatives } = /** @type {Refusal} */ (error);
    const { visit } = this;
    if (this.parts.form && (kind === 'unknown' || message === 'wrong_state')) {
      this.lapse();
    } else if (kind !== 'conflict') {
      this.failed(error, again);
    } else if (visit.booking && message === 'wrong_state') {
      // The page is older than what happened since.
      this.loading.run(() => visit.own('get_own_booking')).then((booking) => booking && this.showBooking('', booking), () => {});
    } else {
      this.emit('failed', { reason: reason || message, slot_start: start });
      const title = this.say(reason === 'taken' ? 'lost' : 'gone', { time: this.timeOf(start) });
      if (this.parts.form) {
        this.parts.form.lost(title, alternatives);
        this.parts.summary?.over();
        return;
      }
      if (this.parts.moveAsk) this.show('move');
      if (visit.day) this.readSlots(visit.day);
      this.showNear(notice('bad', title, alternatives.length > 0 && this.say('nearest'),
        this.alternatives(alternatives, (slot) => this.chooseSlot(slot))));
    }
  }
}

if (!customElements.get('calendar-booking')) customElements.define('calendar-booking', CalendarBooking);
