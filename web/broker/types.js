// Meeting types: cards, and beside them the editor of one.

import { addDays, button, fill, h } from '../shared/core.js';
import { Embed } from './embed.js';
import { lengths, within } from './said.js';
import { KEPT, NUMBERS, TypeEditor } from './type-editor.js';

/** @typedef {import('../calendar-connections.js').CalendarConnections} Screen */
/** @typedef {import('./type-editor.js').MeetingType} MeetingType */

const COLUMNS = ['id', 'slug', 'name', 'description', 'durations', 'requires_confirmation', 'public_booking', 'location_kind', 'location', 'questions', ...NUMBERS, ...KEPT];
const HOURS = 'working_hours(weekday,start_local,end_local,valid_from,valid_until,is_active)';

export class Types {
  /** @param {Screen} screen */
  constructor(screen) {
    this.screen = screen;
    this.isDirty = false;
    this.list = h('div', { class: 'stack' });
    this.editor = h('div', {});
    this.node = h('div', { class: 'halves' }, this.list, this.editor);
  }

  async read() {
    const { api, broker } = this.screen;
    this.show(await api.get('meeting_types', {
      select: `${COLUMNS.join(',')},${HOURS}`, broker_id: `eq.${broker.id}`, order: 'position,slug', 'working_hours.order': 'weekday,start_local',
    }));
  }

  /** @param {MeetingType[]} types */
  show(types) {
    const { screen } = this;
    const cards = types.map((type) => {
      const link = this.link(type);
      const embed = link ? new Embed(screen, `${screen.broker.slug}/${type.slug}`, type.name) : null;
      return h('section', { class: 'card part', 'aria-label': type.name },
        h('div', { class: 'line' }, h('h3', {}, type.name),
          h('span', { class: `badge ${type.public_booking === false ? '' : 'good'}` }, type.public_booking === false ? screen.say('private') : `● ${screen.say('public')}`)),
        h('p', { class: 'small muted' }, this.facts(type)),
        h('div', { class: 'row tight moves' }, button('dense', () => this.edit(type), screen.say('edit')),
          link && button('dense', () => screen.copy(link), screen.say('copyTypeLink')), embed?.opener), embed?.node);
    });
    fill(this.list, cards, button('', () => this.edit({ slug: '', name: '', durations: [30], questions: [], working_hours: [] }), screen.say('newType')));
  }

  /** Its booking page, where visitors can see it. @param {MeetingType} type */
  link(type) {
    const { bookingLink } = this.screen;
    return bookingLink && type.id && type.public_booking !== false ? `${bookingLink}/${type.slug}` : '';
  }

  /** @param {MeetingType} type */
  facts(type) {
    const { screen } = this;
    /** @type {string[]} */
    const days = [];
    for (const { weekday, is_active: isActive } of type.working_hours) {
      const day = screen.times.write('weekday', addDays('2024-01-01', weekday - 1));
      if (isActive && !days.includes(day)) days.push(day);
    }
    const place = [type.location_kind && within(screen, screen.say(type.location_kind)), type.location].filter(Boolean).join(', ');
    return [lengths(screen, type.durations), place,
      type.questions.length > 0 && screen.say('questionCount', { n: type.questions.length }),
      type.requires_confirmation && screen.say('youConfirm'),
      type.working_hours.length > 0 && screen.say('ownHoursOf', { days: days.join(', ') || screen.say('closed') })].filter(Boolean).join(' · ');
  }

  /** @param {MeetingType} type */
  edit(type) {
    this.isDirty = false;
    const editor = new TypeEditor(this.screen, type, {
      link: this.link(type),
      changed: () => { this.isDirty = true; },
      saved: async () => {
        this.isDirty = false;
        fill(this.editor, h('p', { role: 'status' }, this.screen.say('saved')));
        await this.read();
      },
      deleted: async () => {
        this.isDirty = false;
        fill(this.editor);
        await this.read();
      },
    });
    fill(this.editor, editor.node);
    editor.heading.focus();
  }
}
