// <calendar-booking>: docs/widget.md lists its attributes and events.

import { CalendarElement, apiOf, at, attemptOf, button, chooseLocale, dayOf, fill, h, known, loadWords, mark, monthOf, sayIn, timesOf } from './shared/core.js';
import { choosing, dayTimes, head, monthGrid, skeleton, typeList } from './booking/days.js';
import { alternatives, doneOf, formOf, moveAskOf, moving, notice, summaryOf } from './booking/form.js';
import { visitOf } from './booking/visit.js';

/** @type {(host: CalendarBooking) => BookingScreen} */
function screenOf(host) {
  const { root } = host;
  const locale = chooseLocale(host.getAttribute('lang'));
  const times = timesOf(locale);
  const api = apiOf(host.getAttribute('src') ?? '', host.getAttribute('apikey'));
  const visit = visitOf(api, host.getAttribute('page') ?? '', known(host.getAttribute('timezone')) ?? known(null) ?? 'UTC');
  const above = h('div', { role: 'alert' });
  let words = sayIn();
  /** @type {Say} */
  const say = (key, values) => words(key, values);

  /** @type {(show: (what: Node | null) => void) => Attempt} */
  const attempt = (show) => attemptOf((again) => show(again && notice('warn', say('offline'),
    say(screen.step === 'form' ? 'offlineKept' : 'offlineHint'), [button('dense', again, say('again'))])));

  /** @type {BookingScreen} */
  const screen = {
    ...choosing,
    host,
    times,
    say,
    visit,
    step: 'loading',
    parts: {},
    isActing: false,
    news: '',
    loading: attempt((what) => fill(above, what)),
    reading: attempt((what) => screen.parts.month && fill(screen.parts.month.notice, what)),
    acting: attempt((what) => screen.showNear(what)),

    async start() {
      root.setAttribute('dir', times.direction);
      root.setAttribute('lang', locale);
      const token = this.addressToken();
      const loaded = this.loading.run(() => visit.open(token));
      const { turn } = this.loading;
      words = await loadWords(locale, host.dictionary);
      if (turn !== this.loading.turn) return;
      fill(root, above, skeleton(say));
      try {
        if (await loaded) this.begin();
      } catch (error) {
        if (/** @type {Refusal} */ (error).kind !== 'unknown') this.failed(error, () => host.start());
        else if (token) this.message('tokenUnknown', 'tokenUnknownHint');
        else this.message('missing', 'missingHint');
      }
    },

    begin() {
      const { booking, page, hold, type } = visit;
      if (booking) this.show('done');
      else if (!page) this.message('noPage', 'missingHint');
      else if (hold) this.show('form');
      else if (!type) this.show('types');
      else this.openTimes();
      host.emit('ready', { page, booking: booking?.id });
    },

    leave() {
      this.parts.summary?.end();
      this.parts = {};
      for (const attempt of [this.loading, this.reading, this.acting]) attempt.turn++;
    },

    message(title, text) {
      this.leave();
      this.step = 'message';
      fill(root, h('div', { class: 'card' }, h('div', { class: 'main' },
        h('h2', {}, say(title)), h('p', { class: 'muted' }, say(text)))));
      host.emit('failed', { reason: title });
    },

    note(step, isNew, address) {
      history[isNew ? 'pushState' : 'replaceState']({ ...history.state, calendarBooking: step }, '', host.hasAttribute('booking-url') ? undefined : address);
    },

    show(step, wanted) {
      this.leave();
      this.step = step;
      fill(above);
      const { parts } = this;
      let look = 'one';
      let moved;
      let body;
      if (step === 'types') {
        body = typeList(this);
      } else if (step === 'done' && visit.booking) {
        parts.done = doneOf(this, visit.booking, this.news);
        body = parts.done.node;
        this.news = '';
      } else if (step === 'form') {
        parts.form = formOf(this);
        parts.summary = summaryOf(this);
        look = step;
        body = [parts.summary.node, parts.form.node];
      } else {
        parts.month = monthGrid(this);
        if (wanted) parts.moveAsk = moveAskOf(this, wanted);
        else parts.dayTimes = dayTimes(this);
        look = step;
        moved = step !== 'times' && moving(this);
        body = [parts.month.node, (parts.moveAsk ?? parts.dayTimes)?.node];
      }
      fill(root, above, h('div', { class: 'card' }, head(this), moved, h('div', { class: `body ${look}` }, body)));
    },

    popped() {
      const step = history.state?.calendarBooking;
      const token = this.addressToken();
      if (token && (token !== visit.token || !visit.booking)) {
        host.start();
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
    },

    focusStart() {
      const heading = (this.parts.form ?? this.parts.done)?.heading ?? root.querySelector('.move-heading, h3[tabindex]');
      /** @type {HTMLElement | null} */ (heading)?.focus();
    },

    lead(part) {
      part?.heading.focus({ preventScroll: true });
      part?.node.scrollIntoView({ block: host.clientWidth < 760 ? 'start' : 'nearest' });
    },

    timeOf(start) {
      return times.write('time', start, visit.zone);
    },

    addressToken: () => (host.hasAttribute('booking-url') ? null : /^#([\w-]{40,100})$/.exec(location.hash)?.[1] ?? null),

    openTimes(isNew = false) {
      const step = visit.booking ? 'move' : 'times';
      if (isNew) this.note(step, true);
      this.show(step);
      if (isNew) this.focusStart();
      if (!visit.days) this.readDays();
      else this.pickDay();
    },

    backToTimes() {
      visit.days = null;
      this.openTimes(true);
      this.parts.dayTimes?.heading.focus();
    },

    backToDays() {
      this.parts.month?.node.scrollIntoView({ block: 'nearest' });
      this.parts.month?.focus();
    },

    backToBooking() {
      if (history.state?.calendarBooking === 'move') history.back();
      else if (visit.booking) this.showBooking('', visit.booking);
    },

    chooseSlot(slot) {
      const { slot_start, slot_end } = slot;
      host.emit('slot_selected', { slot_start, slot_end });
      if (visit.booking) {
        this.show('ask', slot);
        this.lead(this.parts.moveAsk);
      } else {
        this.reserve(slot_start);
      }
    },

    async act(action, done, start = visit.start) {
      const busy = (/** @type {boolean} */ isActing) => {
        this.isActing = isActing;
        this.parts.form?.sending(isActing);
        mark(root, 'aria-busy', isActing);
      };
      if (this.isActing) return;
      busy(true);
      try {
        const result = await this.acting.run(action);
        if (result) done(result);
      } catch (error) {
        this.refused(error, start, () => this.act(action, done, start));
      } finally {
        busy(false);
      }
    },

    reserve(start) {
      this.act(() => visit.reserve(start), (hold) => {
        if (this.parts.form) {
          this.showNear(null);
          this.parts.summary?.update();
        } else {
          this.note('form', true);
          this.show('form');
        }
        const { form, summary } = this.parts;
        if (form && summary) this.lead({ heading: form.heading, node: summary.node });
        host.emit('held', { booking: hold.booking, slot_start: start, slot_end: hold.slot_end });
      }, start);
    },

    extend() {
      const { form, summary } = this.parts;
      this.act(() => visit.extend(), () => {
        summary?.update();
        host.announce(say('kept'));
        form?.heading.focus();
      });
    },

    lapse() {
      const { start } = visit;
      this.read(this.acting, () => visit.look(), (nearest) => {
        const { form } = this.parts;
        if (nearest[0] && at(nearest[0].slot_start) === at(start)) form?.lapsed(start);
        else form?.lost(say('lost', { time: this.timeOf(start) }), nearest);
      });
    },

    complete(details) {
      this.act(() => visit.complete(details), (booking) => {
        visit.days = null;
        this.showBooking('booked', booking, `#${visit.token}`);
      });
    },

    showBooking(news, { id, slot_start, slot_end, status }, address) {
      this.news = news;
      this.note('done', false, address);
      this.show('done');
      this.focusStart();
      if (news) host.emit(news, { booking: id, slot_start, slot_end, status });
    },

    startMove() {
      visit.days = null;
      visit.duration = visit.booking?.duration_minutes ?? null;
      visit.day = dayOf(at(visit.start), visit.zone);
      visit.month = monthOf(visit.day);
      this.openTimes(true);
    },

    move({ slot_start: start }) {
      this.act(() => visit.own('reschedule_own_booking', { slot_start: start }), (booking) => this.showBooking('rescheduled', booking), start);
    },

    cancel() {
      this.act(() => visit.own('cancel_own_booking'), (booking) => this.showBooking('cancelled', booking));
    },

    bookAnother() {
      this.note('times', true, location.pathname + location.search);
      visit.booking = visit.days = visit.day = null;
      visit.month = monthOf(visit.today);
      if (visit.type) this.openTimes();
      else host.start();
      this.focusStart();
    },

    showNear(what, isLost = false) {
      const { form, moveAsk, dayTimes, done } = this.parts;
      form?.setLost(isLost);
      const place = (form ?? moveAsk ?? dayTimes ?? done)?.notice ?? above;
      fill(place, what);
      if (what) place.scrollIntoView({ block: 'nearest' });
    },

    failed(error, again) {
      const { kind, message, retryAfter } = /** @type {Refusal} */ (error);
      host.emit('failed', { reason: kind ?? 'failed' });
      if (kind === 'input') {
        if (!this.parts.form?.refused(message)) this.showNear(notice('bad', say('refused', { why: message })));
        return;
      }
      const retry = button('dense', () => {
        this.showNear(null);
        again();
      }, say('again'));
      if (kind === 'limited') {
        retry.hidden = true;
        setTimeout(() => { retry.hidden = false; }, retryAfter * 1000);
        this.showNear(notice('warn', say('limited', { n: retryAfter }), null, [retry]));
      } else {
        if (!kind) console.error(error);
        this.showNear(notice('bad', say('failed'), say('failedHint'), [retry]));
      }
    },

    refused(error, start, again) {
      const { kind, reason, message, alternatives: slots } = /** @type {Refusal} */ (error);
      const { form, summary, moveAsk } = this.parts;
      if (form && (kind === 'unknown' || message === 'wrong_state')) {
        this.lapse();
      } else if (kind !== 'conflict') {
        this.failed(error, again);
      } else if (visit.booking && message === 'wrong_state') {
        // The page is older than what happened since.
        this.read(this.loading, () => visit.own('get_own_booking'), (booking) => this.showBooking('', booking));
      } else {
        host.emit('failed', { reason: reason || message, slot_start: start });
        const title = say(reason === 'taken' ? 'lost' : 'gone', { time: this.timeOf(start) });
        if (form) {
          form.lost(title, slots);
          summary?.over();
          return;
        }
        if (moveAsk) this.show('move');
        if (visit.day) this.readSlots(visit.day);
        this.showNear(notice('bad', title, slots.length > 0 && say('nearest'),
          alternatives(this, slots, (slot) => this.chooseSlot(slot))));
      }
    },
  };
  return screen;
}

export class CalendarBooking extends CalendarElement {
  static observedAttributes = ['src', 'page', 'lang', 'timezone'];

  constructor() {
    super();
    /** The host's, for a language that is not here. @type {Dictionary | null} */
    this.dictionary = null;
    /** @type {BookingScreen | null} */
    this.screen = null;
    this.isDue = false;
    this.onPop = () => this.screen?.popped();
  }

  connectedCallback() {
    addEventListener('popstate', this.onPop);
    this.attributeChangedCallback();
  }

  disconnectedCallback() {
    removeEventListener('popstate', this.onPop);
    this.screen?.leave();
  }

  attributeChangedCallback() {
    if (this.isDue || !this.isConnected) return;
    this.isDue = true;
    queueMicrotask(() => {
      this.isDue = false;
      this.start();
    });
  }

  start() {
    this.screen?.leave();
    this.noteAccent();
    this.screen = screenOf(this);
    this.screen.start();
  }
}

if (!customElements.get('calendar-booking')) customElements.define('calendar-booking', CalendarBooking);
