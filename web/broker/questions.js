// The questions of a meeting type, each folded to a line.

import { button, fill, h } from '../shared/core.js';
import { within } from './said.js';

/** @typedef {import('../calendar-connections.js').CalendarConnections} Screen */
/** @typedef {{ node: HTMLDetailsElement, label: HTMLInputElement, made: () => Question, show: () => void }} Row */

const KINDS = ['text', 'choice', 'email', 'phone', 'number', 'checkbox'];

export class Questions {
  /** @param {Screen} screen @param {Question[]} questions @param {() => void} changed */
  constructor(screen, questions, changed) {
    this.screen = screen;
    this.changed = changed;
    /** @type {Row[]} */
    this.rows = [];
    this.list = h('div');
    this.adds = button('dense', () => this.open(), screen.say('addQuestion'));
    this.node = h('div', { class: 'field', role: 'group', 'aria-labelledby': 'type-questions' },
      h('strong', { class: 'name', id: 'type-questions' }, screen.say('questions')), this.list, this.adds);
    for (const question of questions) this.add(question);
  }

  get all() {
    return this.rows.map(({ made }) => made());
  }

  open() {
    const row = this.add({});
    row.node.open = true;
    this.changed();
    row.label.focus();
  }

  /** @param {Partial<Question>} question */
  add(question) {
    const { screen } = this;
    const label = h('input', { value: question.label ?? '', maxlength: 200, 'aria-label': screen.say('question'), placeholder: screen.say('question') });
    const sort = h('select', { 'aria-label': screen.say('kindOf') }, KINDS.map((value) => h('option', { value, selected: value === question.kind }, screen.say(`kind_${value}`))));
    const choices = h('input', { value: (question.choices ?? []).join(', '), 'aria-label': screen.say('choices'), placeholder: screen.say('choices') });
    const required = h('input', { type: 'checkbox', checked: question.required === true });
    const line = h('summary');
    const node = h('details', { class: 'question-fold', input: () => row.show() }, line,
      h('div', { class: 'question-row' }, label, sort, choices, h('label', { class: 'check' }, required, screen.say('required')),
        button('dense', () => this.remove(row), screen.say('removeWord'))));
    /** @type {Row} */
    const row = {
      node,
      label,
      made: () => ({
        name: question.name ?? (label.value.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 50) || `question-${this.rows.indexOf(row) + 1}`),
        label: label.value, kind: /** @type {QuestionKind} */ (sort.value), required: required.checked,
        ...(sort.value === 'choice' ? { choices: choices.value.split(',').map((one) => one.trim()).filter(Boolean) } : {}),
      }),
      show: () => {
        choices.hidden = sort.value !== 'choice';
        const facts = within(screen, screen.say(`kind_${sort.value}`)) + (required.checked ? `, ${screen.say('required')}` : '');
        fill(line, `${this.rows.indexOf(row) + 1}. ${label.value || screen.say('question')} `, h('span', { class: 'muted' }, facts));
      },
    };
    this.rows.push(row);
    this.list.append(node);
    row.show();
    return row;
  }

  /** @param {Row} row */
  remove(row) {
    const place = this.rows.indexOf(row);
    this.rows.splice(place, 1);
    row.node.remove();
    for (const { show } of this.rows) show();
    this.changed();
    const next = this.rows[place] ?? this.rows[place - 1];
    (next?.node.querySelector('summary') ?? this.adds).focus();
  }
}
