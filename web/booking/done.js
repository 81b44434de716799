// The booking of a secret link.

import { button, fill, h } from '../shared/element.js';
import { addDays, at, dayOf, zoneName } from '../shared/times.js';
import { notice } from './head.js';
import { there } from './summary.js';

export class Done {
  /** @param {BookingScreen} screen @param {Booking} booking @param {string} news what has just happened */
  constructor(screen, booking, news) {
    this.screen = screen;
    this.booking = booking;
    this.isActive = booking.status === 'confirmed' || booking.status === 'pending';
    this.heading = h('div', { tabindex: '-1', class: 'news' }, this.banner(news));
    this.notice = h('div', { role: 'alert' });
    this.actions = h('div', { class: 'row' });
    const { times, locale, visit: { zone } } = screen;
    const kind = booking.location_kind;
    const place = booking.meeting_link || (kind !== 'phone' && booking.location) || (kind ? screen.say(kind) : '');
    const link = screen.ownLink();
    this.act();
    this.node = h('section', { class: 'main done' }, this.heading, this.notice,
      h('p', { class: 'when' }, times.write('full', booking.slot_start, zone)),
      h('p', { class: 'when' }, times.span(booking, zone),
        h('span', { class: 'muted' }, ` ${zoneName('short', locale, at(booking.slot_start), zone)}`)),
      there(screen, booking),
      h('p', { class: 'where muted' },
        /^https:\/\//.test(place) ? h('a', { href: place, rel: 'noopener noreferrer' }, place) : place,
        place && ' · ', screen.say('with', { name: booking.broker_name })),
      this.actions,
      this.isActive && h('p', { class: 'small muted keep' },
        screen.say(link ? 'secretLink' : 'secret', { day: times.write('date', addDays(dayOf(at(booking.slot_end), zone), 1)) }),
        link && ' ', link && h('a', { href: link, class: 'own-link' }, link)));
  }

  /** @param {string} news */
  banner(news) {
    const { screen, booking: { status, broker_name: name, is_declined: isDeclined } } = this;
    const keep = screen.say(screen.ownLink() ? 'keepLink' : 'keepAddress');
    switch (status) {
      case 'pending': return notice('warn', screen.say('asked', { name }), keep);
      case 'confirmed': return notice('good', screen.say(news === 'rescheduled' ? 'moved' : 'booked'), keep);
      case 'cancelled': return isDeclined ? notice('bad', screen.say('declined', { name }), null)
        : notice('good', screen.say(status), screen.say('nobodyComes'));
      case 'failed': return notice('bad', screen.say('failedBooking', { name }), null);
      default: return notice('good', screen.say('completed'), null);
    }
  }

  act() {
    const { screen, booking } = this;
    if (!this.isActive) {
      fill(this.actions, screen.visit.info && button('primary', () => screen.bookAnother(), screen.say('bookAnother')));
      return;
    }
    const ics = booking.ics && button('primary ics', () => this.download(booking.ics ?? ''), screen.say('ics'));
    if (!booking.can_change) {
      fill(this.actions, ics, h('p', { class: 'small muted' }, screen.say('tooLate', { name: booking.broker_name })));
      return;
    }
    this.cancelButton = button('danger', () => this.ask(), screen.say('cancel'));
    fill(this.actions, ics,
      screen.visit.type && button('move', () => screen.startMove(), screen.say('reschedule')),
      this.cancelButton);
  }

  ask() {
    const { screen } = this;
    const question = h('p', { tabindex: '-1', class: 'question' }, screen.say('cancelAsk'));
    fill(this.actions, question,
      button('danger', () => screen.cancel(), screen.say('cancelBooking')),
      button('', () => {
        this.act();
        this.cancelButton?.focus();
      }, screen.say('keepIt')));
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
