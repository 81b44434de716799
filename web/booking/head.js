// The head of the card, and what is shown while it is read.

import { button, h } from '../shared/element.js';

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

/** @param {BookingScreen} screen @param {number[]} durations */
export function lengths(screen, durations) {
  /** @type {string[]} */
  const all = [];
  for (const n of durations) all[all.length] = all.length + 1 < durations.length ? `${n}` : screen.say('minutes', { n });
  return new Intl.ListFormat(screen.locale, { type: 'disjunction' }).format(all);
}

/** @param {BookingScreen} screen @param {string | null} kind @param {string | null} place */
export function where(screen, kind, place) {
  if (!kind) return place ?? '';
  return place && kind === 'in_person' ? `${screen.say(kind)}, ${place}` : screen.say(kind);
}

/** @param {BookingScreen} screen */
export function head(screen) {
  const { info, type, booking } = screen.visit;
  const name = info?.broker_name ?? booking?.broker_name ?? '';
  const what = type ?? booking;
  let line = what ? where(screen, what.location_kind, what.location) : '';
  if (type) line += (line && ' · ') + lengths(screen, type.durations);
  if (type?.requires_confirmation) line += ` · ${screen.say('confirms', { name: shortName(name) })}`;
  const title = type ? type.name : booking?.meeting_type;
  return h('header', { class: 'head' },
    h('div', { class: 'avatar', 'aria-hidden': 'true' }, initials(name)),
    h('div', {},
      h('h2', { class: 'broker' }, name),
      title && h('p', { class: 'muted' }, title),
      line && h('p', { class: 'small muted' }, line),
      type?.description && h('p', { class: 'small' }, type.description)));
}

/** @param {BookingScreen} screen */
export function skeleton(screen) {
  const bone = (/** @type {string} */ more) => h('p', { class: `bone ${more}` });
  const side = [];
  for (let slot = 0; slot < 8; slot++) side[slot] = bone('tall');
  return h('div', { class: 'card', 'aria-busy': 'true' },
    h('p', { class: 'hidden' }, screen.say('loading')),
    h('div', { class: 'head' }, h('div', { class: 'avatar' }), h('div', { class: 'grow' }, bone('wide'), bone('wide'), bone('wide'))),
    h('div', { class: 'body' }, h('div', { class: 'main' }, bone('wide'), bone('month')),
      h('div', { class: 'side' }, bone('wide'), h('div', { class: 'slots' }, side))));
}

/** @param {'bad' | 'warn' | 'good'} kind @param {string} title @param {string | false | null} text @param {Node[]} [buttons] */
export function notice(kind, title, text, buttons) {
  return h('div', { class: `notice ${kind}` },
    h('strong', {}, title),
    text && h('p', { class: 'small' }, text),
    buttons && h('div', { class: 'row tight' }, buttons));
}

/** @param {BookingScreen} screen */
export function typeList(screen) {
  const cards = [];
  for (const type of screen.visit.info?.types ?? []) {
    const place = where(screen, type.location_kind, type.location);
    cards[cards.length] = h('li', {}, button('type', () => {
      screen.visit.chooseType(type);
      screen.visit.days = screen.visit.day = null;
      screen.openTimes(true);
    }, h('span', {}, h('strong', {}, type.name ?? screen.visit.info?.broker_name ?? ''),
      h('span', { class: 'small muted' }, lengths(screen, type.durations) + (place && ` · ${place}`)))));
  }
  return h('section', { class: 'main' }, h('h3', { id: 'what', tabindex: '-1' }, screen.say('what')),
    h('ul', { class: 'types', 'aria-labelledby': 'what' }, cards));
}
