// The editor of a meeting type, rare settings folded away.

import { button, h } from '../shared/core.js';
import { Lengths } from './lengths.js';
import { Questions } from './questions.js';
import { Week } from './week.js';

/** @typedef {import('../calendar-connections.js').CalendarConnections} Screen */
/** @typedef {Record<string, any> & { id?: string, slug: string, name: string, durations: number[], questions: Question[], working_hours: any[] }} MeetingType */
/** @typedef {{ link: string, changed(): void, saved(): Promise<void>, deleted(): Promise<void> }} Around its page, and what becomes of it */

export const NUMBERS = ['buffer_before_minutes', 'buffer_after_minutes', 'minimum_notice_minutes', 'booking_horizon_days', 'max_bookings_per_day', 'change_until_minutes'];
export const KEPT = ['increment_minutes', 'lock_timezone', 'position', 'is_active'];

export class TypeEditor {
  /** @param {Screen} screen @param {MeetingType} type @param {Around} around */
  constructor(screen, type, around) {
    this.screen = screen;
    this.type = type;
    this.around = around;
    const text = (/** @type {string} */ key) => h('input', { value: type[key] ?? '', maxlength: 200 });
    const tick = (/** @type {string} */ word, /** @type {boolean} */ isOn) => h('input', { type: 'checkbox', checked: isOn, id: `type-${word}` });
    this.name = text('name');
    this.slug = text('slug');
    this.lengths = new Lengths(screen, type.durations, () => around.changed());
    this.kind = h('select', {}, ['', 'in_person', 'phone', 'provider', 'link'].map((value) =>
      h('option', { value, selected: value === (type.location_kind ?? '') }, screen.say(value || 'nowhere'))));
    this.location = text('location');
    this.confirms = tick('iConfirm', type.requires_confirmation === true);
    this.isPublic = tick('isPublic', type.public_booking !== false);
    this.numbers = NUMBERS.map((key) => h('input', { type: 'number', min: 0, value: type[key] ?? '', placeholder: screen.say('asElsewhere') }));
    this.hasHours = h('input', { type: 'checkbox', checked: type.working_hours.length > 0, id: 'type-ownHours', change: () => { this.hours.hidden = !this.hasHours.checked; } });
    this.week = new Week(screen, () => around.changed());
    this.week.take(type.working_hours);
    this.hours = h('div', { hidden: !this.hasHours.checked }, this.week.node);
    this.questions = new Questions(screen, type.questions, () => around.changed());
    this.asking = h('div', { role: 'alert' });
    this.heading = h('h3', { tabindex: '-1' }, type.name || screen.say('newType'));
    const boxes = [this.confirms, this.isPublic];
    this.node = h('form', {
      class: 'card part', novalidate: true,
      input: () => around.changed(),
      submit: (/** @type {Event} */ event) => {
        event.preventDefault();
        this.save();
      },
    }, this.heading, this.field('typeName', this.name), this.field('typeSlug', this.slug, this.address()), this.lengths.node,
    this.field('typeWhere', this.kind), this.field('typePlace', this.location),
    this.questions.node,
    boxes.map((box) => h('label', { class: 'check field', for: box.id }, box, screen.say(box.id.slice(5)))),
    h('details', { class: 'field', open: this.hasHours.checked }, h('summary', {}, screen.say('rare')),
      h('label', { class: 'check field', for: this.hasHours.id }, this.hasHours, screen.say('ownHours')), this.hours,
      h('div', { class: 'numbers moves' }, NUMBERS.map((key, at) => this.field(key, /** @type {HTMLElement} */ (this.numbers[at]))))),
    this.asking,
    h('div', { class: 'row send ends' }, type.id && button('danger', () => this.askDelete(), screen.say('delete')),
      h('div', { class: 'row' }, around.link && h('a', { class: 'button', href: around.link, target: '_blank', rel: 'noopener' }, screen.say('preview')),
        h('button', { type: 'submit', class: 'primary' }, screen.say('save')))));
  }

  /** @param {string} key @param {HTMLElement} control @param {HTMLElement} [around] */
  field(key, control, around = control) {
    control.id = `type-${key}`;
    return h('div', { class: 'field' }, h('label', { for: control.id }, this.screen.say(key)), around);
  }

  /** The address of the broker's page, and the end of it that is this type's. */
  address() {
    const start = this.screen.bookingLink.replace(/^https?:\/\//, '');
    if (!start) return this.slug;
    this.slug.setAttribute('aria-describedby', 'type-address');
    return h('div', { class: 'address' }, h('span', { class: 'muted', id: 'type-address' }, `${start}/`), this.slug);
  }

  save() {
    const { screen, type } = this;
    const hours = this.hasHours.checked ? this.week.rows : [];
    if (!hours || !this.lengths.take()) return;
    const made = {
      ...Object.fromEntries(KEPT.map((key) => [key, type[key]])), ...(type.id ? { id: type.id } : {}), description: type.description,
      name: this.name.value, slug: this.slug.value, durations: this.lengths.all, location_kind: this.kind.value || null,
      location: this.location.value || null, requires_confirmation: this.confirms.checked, public_booking: this.isPublic.checked,
      questions: this.questions.all,
      ...Object.fromEntries(this.numbers.map(({ value }, at) => [NUMBERS[at], value === '' ? null : +value])),
    };
    screen.act(async () => {
      const saved = await screen.api.send('POST', 'rpc/save_meeting_type', JSON.stringify({ broker_id: screen.broker.id, meeting_type: made }));
      if (hours.length > 0 || type.working_hours.length > 0) {
        await screen.api.send('POST', 'rpc/set_working_hours', JSON.stringify({ broker_id: screen.broker.id, hours, meeting_type: saved.id }));
      }
    }, () => this.around.saved());
  }

  askDelete() {
    const { screen, type } = this;
    screen.ask(this.asking, screen.say('deleteAsk', { name: type.name }), null, screen.say('deleteType'),
      () => screen.act(() => screen.api.send('DELETE', `meeting_types?id=eq.${type.id}`), () => this.around.deleted()), screen.say('keepIt'));
  }
}
