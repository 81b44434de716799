// Meeting types: cards, and beside them the editor of one.

import { button, fill, h } from '../shared/element.js';

/** @typedef {import('../calendar-connections.js').CalendarConnections} Screen */
/** @typedef {Record<string, any> & { id?: string, slug: string, name: string, durations: number[], questions: Question[] }} MeetingType */

const NUMBERS = ['buffer_before_minutes', 'buffer_after_minutes', 'minimum_notice_minutes', 'booking_horizon_days', 'max_bookings_per_day', 'change_until_minutes'];
const KEPT = ['increment_minutes', 'lock_timezone', 'position', 'is_active'];
const KINDS = ['text', 'choice', 'email', 'phone', 'number', 'checkbox'];

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
    const columns = ['id', 'slug', 'name', 'description', 'durations', 'requires_confirmation', 'public_booking', 'location_kind', 'location', 'questions', ...NUMBERS, ...KEPT];
    this.show(await api.get('meeting_types', { select: columns.join(','), broker_id: `eq.${broker.id}`, order: 'position,slug' }));
  }

  /** @param {MeetingType[]} types */
  show(types) {
    const { screen } = this;
    const cards = types.map((type) => h('section', { class: 'card part', 'aria-label': type.name },
      h('div', { class: 'line' }, h('h3', {}, type.name),
        h('span', { class: `badge ${type.public_booking === false ? '' : 'good'}` }, type.public_booking === false ? screen.say('private') : `● ${screen.say('public')}`)),
      h('p', { class: 'small muted' }, this.facts(type)),
      h('div', { class: 'row tight moves' }, button('dense', () => this.edit(type), screen.say('edit')))));
    fill(this.list, cards, button('', () => this.edit({ slug: '', name: '', durations: [30], questions: [] }), screen.say('newType')));
  }

  /** @param {MeetingType} type */
  facts(type) {
    const { screen } = this;
    return [screen.say('minutes', { n: type.durations.join(' / ') }), type.location_kind && screen.say(type.location_kind), type.location,
      type.requires_confirmation && screen.say('youConfirm')].filter(Boolean).join(' · ');
  }

  /** @param {string} key @param {HTMLElement} control */
  field(key, control) {
    control.id = `type-${key}`;
    return h('div', { class: 'field' }, h('label', { for: control.id }, this.screen.say(key)), control);
  }

  /** @param {MeetingType} type */
  edit(type) {
    const { screen } = this;
    this.isDirty = false;
    const text = (/** @type {string} */ key) => h('input', { value: type[key] ?? '', maxlength: 200 });
    const tick = (/** @type {string} */ word, /** @type {boolean} */ isOn) => h('input', { type: 'checkbox', checked: isOn, id: `type-${word}` });
    const name = text('name');
    const slug = text('slug');
    const durations = h('input', { value: type.durations.join(', '), inputmode: 'numeric' });
    const kind = h('select', {}, ['', 'in_person', 'phone', 'provider', 'link'].map((value) =>
      h('option', { value, selected: value === (type.location_kind ?? '') }, screen.say(value || 'nowhere'))));
    const location = text('location');
    const confirms = tick('iConfirm', type.requires_confirmation === true);
    const isPublic = tick('isPublic', type.public_booking !== false);
    const numbers = NUMBERS.map((key) => [key, h('input', { type: 'number', min: 0, value: type[key] ?? '', placeholder: screen.say('asElsewhere') })]);
    const questions = h('div', {});
    /** @type {(() => Question)[]} */
    const asked = [];
    const ask = (/** @type {Partial<Question>} */ question) => {
      const label = h('input', { value: question.label ?? '', 'aria-label': screen.say('question') });
      const sort = h('select', { 'aria-label': screen.say('kindOf') }, KINDS.map((value) => h('option', { value, selected: value === question.kind }, screen.say(`kind_${value}`))));
      const choices = h('input', { value: (question.choices ?? []).join(', '), 'aria-label': screen.say('choices'), placeholder: screen.say('choices') });
      const required = h('input', { type: 'checkbox', checked: question.required === true });
      const made = () => ({
        name: question.name ?? (label.value.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 50) || `question-${asked.indexOf(made) + 1}`),
        label: label.value, kind: /** @type {QuestionKind} */ (sort.value), required: required.checked,
        ...(sort.value === 'choice' ? { choices: choices.value.split(',').map((one) => one.trim()).filter(Boolean) } : {}),
      });
      asked.push(made);
      const row = h('div', { class: 'question-row' }, label, sort, choices, h('label', { class: 'check' }, required, screen.say('required')),
        button('dense', () => { asked.splice(asked.indexOf(made), 1); row.remove(); }, screen.say('removeWord')));
      questions.append(row);
    };
    for (const question of type.questions) ask(question);
    const asking = h('div', { role: 'alert' });
    const heading = h('h3', { tabindex: '-1' }, type.name || screen.say('newType'));
    fill(this.editor, h('form', {
      class: 'card part', novalidate: true,
      input: () => { this.isDirty = true; },
      submit: (/** @type {Event} */ event) => {
        event.preventDefault();
        const made = {
          ...Object.fromEntries(KEPT.map((key) => [key, type[key]])), ...(type.id ? { id: type.id } : {}), description: type.description,
          name: name.value, slug: slug.value, durations: durations.value.split(',').map((one) => +one), location_kind: kind.value || null,
          location: location.value || null, requires_confirmation: confirms.checked, public_booking: isPublic.checked, questions: asked.map((one) => one()),
          ...Object.fromEntries(numbers.map(([key, input]) => [key, /** @type {HTMLInputElement} */ (input).value === '' ? null : +(/** @type {HTMLInputElement} */ (input).value)])),
        };
        screen.act(() => screen.api.send('POST', 'rpc/save_meeting_type', JSON.stringify({ broker_id: screen.broker.id, meeting_type: made })), async () => {
          this.isDirty = false;
          fill(this.editor, h('p', { role: 'status' }, screen.say('saved')));
          await this.read();
        });
      },
    }, heading, this.field('typeName', name), this.field('typeSlug', slug), this.field('typeDurations', durations),
    this.field('typeWhere', kind), this.field('typePlace', location),
    h('div', { class: 'field' }, h('strong', {}, screen.say('questions')), questions, button('dense', () => ask({}), screen.say('addQuestion'))),
    [confirms, isPublic].map((box) => h('label', { class: 'check field', for: box.id }, box, screen.say(box.id.slice(5)))),
    h('details', { class: 'field' }, h('summary', {}, screen.say('rare')),
      h('div', { class: 'numbers moves' }, numbers.map(([key, input]) => this.field(`${key}`, /** @type {HTMLElement} */ (input))))),
    asking,
    h('div', { class: 'row send' }, h('button', { type: 'submit', class: 'primary' }, screen.say('save')),
      type.id && button('danger', () => {
        const said = h('strong', { tabindex: '-1' }, screen.say('deleteAsk', { name: type.name }));
        fill(asking, said, h('div', { class: 'row tight moves' },
          button('dense danger', () => screen.act(() => screen.api.send('DELETE', `meeting_types?id=eq.${type.id}`), async () => {
            this.isDirty = false;
            fill(this.editor);
            await this.read();
          }), screen.say('deleteType')), button('dense', () => fill(asking), screen.say('keepIt'))));
        said.focus();
      }, screen.say('delete')))));
    heading.focus();
  }
}
