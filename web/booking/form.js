// The form of a reserved time, its clock, and the booking.

import { addDays, at, button, city, dayOf, each, fill, h, mark, wall } from '../shared/core.js';
import { LONGEST_MS } from './visit.js';

const WARNING_MS = 120_000;
const ANSWER = '? ';

/** The first name, where there are two: others may be companies, or have titles. @param {string} name */
export function shortName(name) {
  const space = name.indexOf(' ');
  return space > 0 && name.indexOf(' ', space + 1) < 0 ? name.slice(0, space) : name;
}

/** @type {Notice} */
export const notice = (tone, title, text, buttons) => h('div', { class: `notice ${tone}` },
  h('strong', {}, title),
  text && h('p', { class: 'small' }, text),
  buttons && h('div', { class: 'row tight' }, buttons));

/** @type {Alternatives} */
export function alternatives({ times, visit: { hold, zone, day } }, slots, choose) {
  const own = hold ? dayOf(at(hold.slot_start), zone) : day;
  return each(slots, (slot) => button('dense alternative', () => choose(slot),
    times.write(dayOf(at(slot.slot_start), zone) === own ? 'time' : 'both', slot.slot_start, zone)));
}

/** @param {BookingScreen} screen @param {Slot} slot */
function there({ say, times, visit: { info, booking, zone } }, { slot_start: start }) {
  const { timezone = 'UTC', broker_name: name = '' } = info ?? booking ?? {};
  const ms = at(start);
  const day = dayOf(ms, timezone);
  return wall(ms, zone) !== wall(ms, timezone) && h('p', { class: 'small muted there' }, say(day === dayOf(ms, zone) ? 'there' : 'thereDay', {
    time: times.write('time', start, timezone), day: times.write('day', day), name: shortName(name), city: city(timezone),
  }));
}

/** @param {BookingScreen} screen @param {Slot} slot */
function when(screen, slot) {
  const { times, visit: { zone } } = screen;
  return [
    h('p', { class: 'when' }, times.write('full', slot.slot_start, zone)),
    h('p', { class: 'when' }, times.span(slot, zone)),
    h('p', { class: 'small muted' }, times.zoneName('text', at(slot.slot_start), zone)),
    there(screen, slot),
  ];
}

/** @param {BookingScreen} screen */
export function summaryOf(screen) {
  const { say, visit } = screen;
  const chosen = h('div');
  const left = h('b');
  const rest = h('div');
  const more = h('div', { class: 'row tight' });
  const clock = h('div', { class: 'clock' });
  let isWarned = false;
  let isOver = false;

  const over = () => {
    isOver = true;
    fill(clock, h('p', { class: 'small' }, say('notReserved')));
  };

  const tick = () => {
    const { hold } = visit;
    if (!hold || isOver) return;
    const ms = hold.until - Date.now();
    if (ms <= 0) {
      over();
      screen.lapse();
      return;
    }
    const all = Math.ceil(ms / 1000);
    const seconds = all % 60;
    fill(left, `${(all - seconds) / 60}:${seconds < 10 ? '0' : ''}${seconds}`);
    rest.style.setProperty('width', `${100 * ms / hold.total}%`);
    if (ms > WARNING_MS || isWarned) return;
    isWarned = true;
    screen.host.announce(say('twoMinutes'));
    const isLongest = hold.until >= hold.since + LONGEST_MS;
    fill(more, h('p', { class: 'small' }, say(isLongest ? 'keptEnough' : 'longer')),
      !isLongest && button('dense', () => screen.extend(), say('keepLonger')));
  };

  const update = () => {
    if (!visit.hold) return;
    isWarned = isOver = false;
    fill(chosen, when(screen, visit.hold));
    fill(more);
    fill(clock, h('div', { class: 'clock-line', role: 'timer' }, h('span', { class: 'small' }, say('reserved')), left),
      h('div', { class: 'bar', 'aria-hidden': 'true' }, rest), more);
    tick();
  };

  const node = h('aside', { class: 'side summary', 'aria-label': say('yourTime') },
    h('p', { class: 'label' }, say('yourTime')), chosen, button('link', () => screen.backToTimes(), say('another')), clock);
  update();
  const timer = setInterval(tick, 1000);
  return { node, update, over, end: () => clearInterval(timer) };
}

/** @param {BookingScreen} screen */
export function moving(screen) {
  const { say, times, visit: { start, zone } } = screen;
  return h('div', { class: 'moving' },
    h('h3', { tabindex: '-1', class: 'move-heading' }, say('moveHeading')),
    h('p', { class: 'small muted' }, say('moveFrom', { when: `${times.write('both', start, zone)}, ${times.zoneName('short', at(start), zone)}` })),
    button('link', () => screen.backToBooking(), say('keepIt')));
}

/** @param {BookingScreen} screen @param {Slot} slot */
export function moveAskOf(screen, slot) {
  const { say } = screen;
  const notice = h('div', { role: 'alert' });
  const heading = h('h3', { tabindex: '-1' }, say('moveAsk'));
  const node = h('section', { class: 'side summary' }, notice, heading, when(screen, slot),
    h('div', { class: 'row send' }, button('primary', () => screen.move(slot), say('moveBooking')),
      button('link', () => screen.backToTimes(), say('another'))));
  return { node, heading, notice };
}

/** @type {Record<string, RegExp>} */
const FORMS = {
  email: /^[^@\s<>,;]+@[^@\s<>,;.]+(\.[^@\s<>,;.]+)+$/,
  phone: /^\+?[\s()\-./]*(\d[\s()\-./]*){4,15}$/,
  number: /^-?\d{1,15}([.,]\d{1,15})?$/,
};

/** @type {FieldOf} */
function fieldOf(say, { id, name, kind, label, required, missing, autocomplete = 'off', choices = [], example }, value) {
  const wrong = h('p', { class: 'wrong', id: `${id}-wrong` });
  const isBox = kind === 'checkbox';
  const box = isBox && h('input', { id, type: kind, checked: value === true });
  const control = box || (kind === 'long' ? h('textarea', { id, maxlength: 2000 })
    : kind === 'choice' ? h('select', { id }, h('option', { value: '' }, say('choose')), each(choices, (value) => h('option', { value }, value)))
      : h('input', {
        id, type: kind === 'phone' ? 'tel' : kind === 'number' ? 'text' : kind, autocomplete, maxlength: 300,
        placeholder: example, inputmode: kind === 'number' && 'decimal',
      }));
  if (value && !isBox) control.value = `${value}`;
  mark(control, 'aria-required', required);
  const text = () => /^\s*([^]*?)\s*$/.exec(control.value)?.[1] ?? '';
  /** @type {Field} */
  const field = {
    name,
    control,
    node: h('div', { class: 'field' },
      h('label', { for: id, class: isBox && 'check' }, box, h('span', {}, label, !required && h('span', { class: 'muted' }, ` ${say('optional')}`))),
      !isBox && control, wrong),

    get kept() {
      return box ? box.checked : control.value;
    },

    get answer() {
      return box ? box.checked : text() && kind === 'number' ? +text().replace(',', '.') : text() || null;
    },

    check() {
      const { answer } = field;
      let word = null;
      if (answer === null || answer === false) word = required ? missing : null;
      else if (FORMS[kind]?.test(text()) === false) word = /^[^@]+@[^@.]*$/.test(text()) ? 'emailDomain' : `${kind}Wrong`;
      field.refuse(word);
      return word === null;
    },

    refuse(word) {
      fill(wrong, word && [h('span', { 'aria-hidden': 'true' }, '▲ '), say(word)]);
      control.setAttribute('aria-invalid', `${word !== null}`);
      control.setAttribute('aria-describedby', word ? wrong.id : '');
    },
  };
  control.addEventListener('input', () => field.refuse(null));
  return field;
}

/** @type {(screen: BookingScreen) => Form} */
export function formOf(screen) {
  const { host, say, times, visit } = screen;
  const { type, info } = visit;
  const name = shortName(info?.broker_name ?? '');
  const word = say(type?.requires_confirmation ? 'ask' : 'book');
  const place = h('div', { role: 'alert' });
  const heading = h('h3', { tabindex: '-1' }, say('details'));
  const submit = h('button', { type: 'submit', class: 'primary' }, word);
  let isLost = false;
  /** @type {Field[]} */
  const fields = [];
  /** @type {AddField} */
  const add = (name, kind, label, more) => {
    const asked = { id: `field-${fields.length}`, name, kind, label, required: true, missing: `${name}Missing`, ...more };
    fields[fields.length] = fieldOf(say, asked, visit.hold?.fields?.[name] ?? host.getAttribute(`prefill-${name}`));
  };
  add('name', 'text', say('name'), { autocomplete: 'name' });
  add('email', 'email', say('email'), { autocomplete: 'email' });
  add('phone', 'phone', say('phoneField'), { required: type?.location_kind === 'phone', autocomplete: 'tel', example: '+1 518 555 0134' });
  for (const { name: question, label, kind, required = false, choices } of type?.questions ?? []) {
    add(ANSWER + question, kind, label, { required, choices, missing: kind === 'checkbox' ? 'checkMissing' : 'answerMissing' });
  }
  add('notes', 'long', say('notes', { name }), { required: false });

  const keep = () => {
    if (!visit.hold) return;
    /** @type {Fields} */
    const kept = visit.hold.fields = {};
    for (const field of fields) kept[field.name] = field.kept;
    visit.store();
  };

  const send = () => {
    if (submit.getAttribute('aria-disabled')) return;
    /** @type {Field | null} */
    let first = null;
    /** @type {Record<string, any>} */
    const details = { lead_timezone: visit.zone, lead_locale: times.locale };
    /** @type {Record<string, any>} */
    const answers = {};
    for (const field of fields) {
      const { answer, name } = field;
      if (!field.check()) first ??= field;
      else if (answer === null) continue;
      else if (name.indexOf(ANSWER) === 0) answers[name.slice(ANSWER.length)] = answer;
      else details[name === 'notes' ? name : `lead_${name}`] = answer;
    }
    if (first) first.control.focus();
    else screen.complete({ ...details, answers });
  };

  const node = h('form', {
    class: 'main', novalidate: true, input: keep,
    submit: (/** @type {Event} */ event) => {
      event.preventDefault();
      send();
    },
  }, place, heading, each(fields, (field) => field.node), h('div', { class: 'row send' }, submit, h('p', { class: 'small muted' }, say('privacy', { name }))));

  return {
    node,
    heading,
    notice: place,

    sending(isSending) {
      mark(submit, 'aria-disabled', isSending || isLost);
    },

    refused(message) {
      for (const { name, refuse, control } of fields) {
        if (message.indexOf(`lead_${name} `) === 0) {
          refuse(`${name}Wrong`);
          control.focus();
          return true;
        }
      }
      return false;
    },

    setLost(lost) {
      isLost = lost;
      this.sending(screen.isActing);
      fill(submit, isLost ? say('chooseToGoOn') : word);
    },

    lost(title, slots) {
      screen.showNear(notice('bad', title, say(slots.length > 0 ? 'lostKept' : 'lostKeptNone'), [
        ...alternatives(screen, slots, (slot) => screen.reserve(slot.slot_start)),
        button('link dense', () => screen.backToTimes(), say('allTimes'))]), true);
    },

    lapsed(start) {
      screen.showNear(notice('warn', say('lapsed'), say('lapsedFree', { time: screen.timeOf(start) }), [
        button('dense', () => screen.reserve(start), say('reserveAgain'))]));
    },
  };
}

/** @param {BookingScreen} screen @param {Booking} booking @param {string} news */
export function doneOf(screen, booking, news) {
  const { host, say, times, visit } = screen;
  const { zone } = visit;
  const { status, broker_name: name, location_kind: kind, slot_start: start, ics, can_change: canChange } = booking;
  const place = booking.meeting_link || (kind !== 'phone' && booking.location) || (kind ? say(kind) : '');
  const base = host.getAttribute('booking-url');
  const link = base && `${new URL(base, document.baseURI).href}#${visit.token}`;
  const isActive = status === 'confirmed' || status === 'pending';
  const [look, title, text] = /** @type {Record<string, [Tone, string, string?]>} */ ({
    pending: ['warn', 'asked', link ? 'keepLink' : 'keepAddress'],
    confirmed: ['good', news === 'rescheduled' ? 'moved' : 'booked', link ? 'keepLink' : 'keepAddress'],
    cancelled: booking.is_declined ? ['bad', 'declined'] : ['good', 'cancelled', 'nobodyComes'],
    failed: ['bad', 'failedBooking'],
  })[status] ?? ['good', 'completed'];
  const heading = h('div', { tabindex: '-1', class: 'news' }, notice(look, say(title, { name }), text && say(text)));
  const problem = h('div', { role: 'alert' });
  const actions = h('div', { class: 'row' });

  const download = () => {
    const href = URL.createObjectURL(new Blob([ics ?? ''], { type: 'text/calendar' }));
    h('a', { href, download: 'booking.ics' }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
  };

  const act = () => {
    const cancel = button('danger', ask, say('cancel'));
    fill(actions, isActive ? [
      ics && button('primary ics', download, say('ics')),
      canChange ? visit.type && button('move', () => screen.startMove(), say('reschedule'))
        : h('p', { class: 'small muted' }, say('tooLate', { name })),
      canChange && cancel,
    ] : visit.info && button('primary', () => screen.bookAnother(), say('bookAnother')));
    return cancel;
  };

  const ask = () => {
    const question = h('p', { tabindex: '-1', class: 'question' }, say('cancelAsk'));
    fill(actions, question, button('danger', () => screen.cancel(), say('cancelBooking')),
      button('', () => act().focus(), say('keepIt')));
    question.focus();
  };

  act();
  const node = h('section', { class: 'main done' }, heading, problem,
    h('p', { class: 'when' }, times.write('full', start, zone)),
    h('p', { class: 'when' }, times.span(booking, zone), h('span', { class: 'muted' }, ` ${times.zoneName('short', at(start), zone)}`)),
    there(screen, booking),
    h('p', { class: 'where muted' },
      /^https:\/\//.test(place) ? h('a', { href: place, rel: 'noopener noreferrer' }, place) : place,
      place && ' · ', say('with', { name })),
    actions,
    isActive && h('p', { class: 'small muted keep' },
      say(link ? 'secretLink' : 'secret', { day: times.write('date', addDays(dayOf(at(booking.slot_end), zone), 1)) }),
      link && [' ', h('a', { href: link, class: 'own-link' }, link)]));
  return { node, heading, notice: problem };
}
