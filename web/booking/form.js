// The form of a reserved time, its clock, and the booking that comes of it.

import { addDays, at, button, city, dayOf, fill, h, mark, wall, zoneName } from '../shared/core.js';
import { notice, shortName } from './screen.js';

const WARNING_MS = 120_000;
const ANSWER = '? ';
let fields = 0;

/** @param {BookingScreen} screen @param {Slot} slot */
function there(screen, { slot_start: start }) {
  const { times, visit } = screen;
  const { timezone = 'UTC', broker_name: name = '' } = visit.info ?? visit.booking ?? {};
  const ms = at(start);
  const day = dayOf(ms, timezone);
  return wall(ms, visit.zone) !== wall(ms, timezone) && h('p', { class: 'small muted there' }, screen.say(day === dayOf(ms, visit.zone) ? 'there' : 'thereDay', {
    time: times.write('time', start, timezone), day: times.write('day', day), name: shortName(name), city: city(timezone),
  }));
}

/** @param {BookingScreen} screen @param {Slot} slot */
function when(screen, slot) {
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
    this.when = h('div');
    this.left = h('b');
    this.rest = h('div');
    this.more = h('div', { class: 'row tight' });
    this.clock = h('div', { class: 'clock' });
    this.isWarned = this.isOver = this.isLongest = false;
    this.node = h('aside', { class: 'side summary', 'aria-label': screen.say('yourTime') },
      h('p', { class: 'label' }, screen.say('yourTime')), this.when,
      button('link', () => screen.backToTimes(), screen.say('another')), this.clock);
    this.update();
    this.timer = setInterval(() => this.tick(), 1000);
  }

  end() {
    clearInterval(this.timer);
  }

  update() {
    const { screen } = this;
    const { hold } = screen.visit;
    if (!hold) return;
    fill(this.when, when(screen, hold));
    this.isWarned = this.isOver = false;
    fill(this.more);
    fill(this.clock, h('div', { class: 'clock-line', role: 'timer' }, h('span', { class: 'small' }, screen.say('reserved')), this.left),
      h('div', { class: 'bar', 'aria-hidden': 'true' }, this.rest), this.more);
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
    fill(this.left, `${(seconds - rest) / 60}:${rest < 10 ? '0' : ''}${rest}`);
    this.rest.style.setProperty('width', `${100 * ms / hold.total}%`);
    if (ms > WARNING_MS || this.isWarned) return;
    this.isWarned = true;
    screen.announce(screen.say('twoMinutes'));
    fill(this.more, h('p', { class: 'small' }, screen.say(this.isLongest ? 'keptEnough' : 'longer')),
      !this.isLongest && button('dense', () => screen.extend(), screen.say('keepLonger')));
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
    this.node = h('section', { class: 'side summary' }, this.notice, this.heading, when(screen, slot),
      h('div', { class: 'row send' }, button('primary', () => screen.move(slot), screen.say('moveBooking')),
        button('link', () => screen.backToTimes(), screen.say('another'))));
  }
}

/** @type {Record<string, [RegExp, string]>} */
const FORMS = {
  email: [/^[^@\s<>,;]+@[^@\s<>,;.]+(\.[^@\s<>,;.]+)+$/, 'emailWrong'],
  phone: [/^\+?[\s()\-./]*(\d[\s()\-./]*){4,15}$/, 'phoneWrong'],
  number: [/^-?\d{1,15}([.,]\d{1,15})?$/, 'numberWrong'],
};

class Field {
  /** @param {BookingScreen} screen @param {Asked} asked @param {string | boolean | null} value */
  constructor(screen, asked, value) {
    this.screen = screen;
    this.asked = asked;
    const { kind, label, required, autocomplete = 'off', choices = [], example } = asked;
    const id = `field-${++fields}`;
    this.wrong = h('p', { class: 'wrong', id: `${id}-wrong` });
    const isBox = kind === 'checkbox';
    const box = isBox && h('input', { id, type: kind, checked: value === true });
    const control = box || (kind === 'long' ? h('textarea', { id, maxlength: 2000 })
      : kind === 'choice' ? h('select', { id }, h('option', { value: '' }, screen.say('choose')))
        : h('input', {
          id, type: kind === 'phone' ? 'tel' : kind === 'number' ? 'text' : kind, autocomplete, maxlength: 300,
          placeholder: example, inputmode: kind === 'number' && 'decimal',
        }));
    if (kind === 'choice') for (const choice of choices) control.appendChild(h('option', { value: choice }, choice));
    if (value && !isBox) control.value = `${value}`;
    mark(control, 'aria-required', required);
    control.addEventListener('input', () => this.say(null));
    this.box = box;
    this.control = control;
    this.node = h('div', { class: 'field' },
      h('label', { for: id, class: isBox && 'check' }, box, h('span', {}, label, !required && h('span', { class: 'muted' }, ` ${screen.say('optional')}`))),
      !isBox && control, this.wrong);
  }

  get kept() {
    return this.box ? this.box.checked : this.control.value;
  }

  get answer() {
    const { kept } = this;
    if (typeof kept === 'boolean') return kept;
    const text = /^\s*([^]*?)\s*$/.exec(kept)?.[1];
    return text ? this.asked.kind === 'number' ? +text.replace(',', '.') : text : null;
  }

  check() {
    const { kind, required, missing } = this.asked;
    const { answer } = this;
    let word = null;
    if (answer === null || answer === false) {
      word = required ? missing : null;
    } else if (Object.hasOwn(FORMS, kind)) {
      const [form, wrong] = FORMS[kind];
      const text = kind === 'number' ? this.control.value : `${answer}`;
      if (!form.test(text)) word = /^[^@]+@[^@.]*$/.test(text) ? 'emailDomain' : wrong;
    }
    this.say(word);
    return word === null;
  }

  /** @param {string | null} word */
  say(word) {
    fill(this.wrong, word && [h('span', { 'aria-hidden': 'true' }, '▲ '), this.screen.say(word)]);
    this.control.setAttribute('aria-invalid', `${word !== null}`);
    this.control.setAttribute('aria-describedby', word ? this.wrong.id : '');
  }
}

export class Form {
  /** @param {BookingScreen} screen */
  constructor(screen) {
    this.screen = screen;
    const { type, info, hold } = screen.visit;
    const name = shortName(info?.broker_name ?? '');
    /** @type {Field[]} */
    this.fields = [];
    /** @type {Node[]} */
    const nodes = [];
    /** @param {string} key @param {Asked['kind']} kind @param {string} label @param {Partial<Asked>} [more] */
    const add = (key, kind, label, more) => {
      const asked = { name: key, kind, label, required: true, missing: `${key}Missing`, ...more };
      const field = new Field(screen, asked, hold?.fields?.[key] ?? screen.getAttribute(`prefill-${key}`));
      this.fields[nodes.length] = field;
      nodes[nodes.length] = field.node;
    };
    add('name', 'text', screen.say('name'), { autocomplete: 'name' });
    add('email', 'email', screen.say('email'), { autocomplete: 'email' });
    add('phone', 'phone', screen.say('phoneField'), { required: type?.location_kind === 'phone', autocomplete: 'tel', example: '+1 518 555 0134' });
    for (const { name: question, label, kind, required = false, choices } of type?.questions ?? []) {
      add(ANSWER + question, kind, label, { required, choices, missing: kind === 'checkbox' ? 'checkMissing' : 'answerMissing' });
    }
    add('notes', 'long', screen.say('notes', { name }), { required: false });
    this.isLost = false;
    this.heading = h('h3', { tabindex: '-1' }, screen.say('details'));
    this.notice = h('div', { role: 'alert' });
    this.word = screen.say(type?.requires_confirmation ? 'ask' : 'book');
    this.button = h('button', { type: 'submit', class: 'primary' }, this.word);
    this.node = h('form', {
      class: 'main', novalidate: true,
      submit: (/** @type {Event} */ event) => {
        event.preventDefault();
        this.send();
      },
      input: () => this.keep(),
    }, this.notice, this.heading, nodes,
    h('div', { class: 'row send' }, this.button, h('p', { class: 'small muted' }, screen.say('privacy', { name }))));
  }

  keep() {
    const { visit } = this.screen;
    if (!visit.hold) return;
    /** @type {Fields} */
    const kept = visit.hold.fields = {};
    for (const field of this.fields) kept[field.asked.name] = field.kept;
    visit.store();
  }

  send() {
    const { screen } = this;
    if (this.button.getAttribute('aria-disabled')) return;
    /** @type {Field | null} */
    let first = null;
    /** @type {Record<string, any>} */
    const details = { lead_timezone: screen.visit.zone, lead_locale: screen.locale };
    /** @type {Record<string, any>} */
    const answers = {};
    for (const field of this.fields) {
      const { answer, asked: { name } } = field;
      if (!field.check()) first ??= field;
      else if (answer === null) continue;
      else if (name.indexOf(ANSWER) === 0) answers[name.slice(ANSWER.length)] = answer;
      else details[name === 'notes' ? name : `lead_${name}`] = answer;
    }
    if (first) first.control.focus();
    else screen.complete({ ...details, answers });
  }

  /** @param {boolean} isSending */
  sending(isSending) {
    mark(this.button, 'aria-disabled', isSending || this.isLost);
  }

  /** @param {string} message */
  refused(message) {
    for (const field of this.fields) {
      const { name } = field.asked;
      if (message.indexOf(`lead_${name} `) === 0) {
        field.say(`${name}Wrong`);
        field.control.focus();
        return true;
      }
    }
    return false;
  }

  /** @param {Node | null} what @param {boolean} [isLost] */
  show(what, isLost = false) {
    this.isLost = isLost;
    this.sending(false);
    fill(this.button, isLost ? this.screen.say('chooseToGoOn') : this.word);
    fill(this.notice, what);
    if (what) this.notice.scrollIntoView({ block: 'nearest' });
  }

  /** @param {string} title @param {Slot[]} alternatives */
  lost(title, alternatives) {
    const { screen } = this;
    this.show(notice('bad', title, screen.say(alternatives.length > 0 ? 'lostKept' : 'lostKeptNone'), [
      ...screen.alternatives(alternatives, (slot) => screen.reserve(slot.slot_start)),
      button('link dense', () => screen.backToTimes(), screen.say('allTimes'))]), true);
  }

  /** @param {string} start */
  lapsed(start) {
    const { screen } = this;
    this.show(notice('warn', screen.say('lapsed'), screen.say('lapsedFree', { time: screen.timeOf(start) }), [
      button('dense', () => screen.reserve(start), screen.say('reserveAgain'))]));
  }
}

export class Done {
  /** @param {BookingScreen} screen @param {Booking} booking @param {string} news */
  constructor(screen, booking, news) {
    this.screen = screen;
    this.booking = booking;
    const { times, locale, visit: { zone } } = screen;
    const { status, broker_name: name, location_kind: kind, slot_start: start } = booking;
    const place = booking.meeting_link || (kind !== 'phone' && booking.location) || (kind ? screen.say(kind) : '');
    const link = screen.ownLink();
    this.isActive = status === 'confirmed' || status === 'pending';
    const [look, title, text] = /** @type {Record<string, [Tone, string, string?]>} */ ({
      pending: ['warn', 'asked', link ? 'keepLink' : 'keepAddress'],
      confirmed: ['good', news === 'rescheduled' ? 'moved' : 'booked', link ? 'keepLink' : 'keepAddress'],
      cancelled: booking.is_declined ? ['bad', 'declined'] : ['good', 'cancelled', 'nobodyComes'],
      failed: ['bad', 'failedBooking'],
    })[status] ?? ['good', 'completed'];
    this.heading = h('div', { tabindex: '-1', class: 'news' }, notice(look, screen.say(title, { name }), text && screen.say(text)));
    this.notice = h('div', { role: 'alert' });
    this.actions = h('div', { class: 'row' });
    this.act();
    this.node = h('section', { class: 'main done' }, this.heading, this.notice,
      h('p', { class: 'when' }, times.write('full', start, zone)),
      h('p', { class: 'when' }, times.span(booking, zone), h('span', { class: 'muted' }, ` ${zoneName('short', locale, at(start), zone)}`)),
      there(screen, booking),
      h('p', { class: 'where muted' },
        /^https:\/\//.test(place) ? h('a', { href: place, rel: 'noopener noreferrer' }, place) : place,
        place && ' · ', screen.say('with', { name })),
      this.actions,
      this.isActive && h('p', { class: 'small muted keep' },
        screen.say(link ? 'secretLink' : 'secret', { day: times.write('date', addDays(dayOf(at(booking.slot_end), zone), 1)) }),
        link && [' ', h('a', { href: link, class: 'own-link' }, link)]));
  }

  act() {
    const { screen, booking: { ics, can_change: canChange, broker_name: name } } = this;
    const cancel = button('danger', () => this.ask(), screen.say('cancel'));
    fill(this.actions, this.isActive ? [
      ics && button('primary ics', () => this.download(ics), screen.say('ics')),
      canChange ? screen.visit.type && button('move', () => screen.startMove(), screen.say('reschedule'))
        : h('p', { class: 'small muted' }, screen.say('tooLate', { name })),
      canChange && cancel,
    ] : screen.visit.info && button('primary', () => screen.bookAnother(), screen.say('bookAnother')));
    return cancel;
  }

  ask() {
    const { screen } = this;
    const question = h('p', { tabindex: '-1', class: 'question' }, screen.say('cancelAsk'));
    fill(this.actions, question,
      button('danger', () => screen.cancel(), screen.say('cancelBooking')),
      button('', () => this.act().focus(), screen.say('keepIt')));
    question.focus();
  }

  /** @param {string} ics */
  download(ics) {
    const address = URL.createObjectURL(new Blob([ics], { type: 'text/calendar' }));
    const link = h('a', { href: address, download: 'booking.ics' });
    this.actions.appendChild(link);
    link.click();
    this.actions.removeChild(link);
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }
}
