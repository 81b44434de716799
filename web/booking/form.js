// The form, and above it what came between. What was typed stays.

import { button, fill, h } from '../shared/element.js';
import { notice, shortName } from './head.js';
import { disable } from './month.js';

let fields = 0;

/** @type {Record<string, [RegExp, string]>} */
const FORMS = {
  email: [/^[^@\s<>,;]+@[^@\s<>,;.]+(\.[^@\s<>,;.]+)+$/, 'emailWrong'],
  phone: [/^\+?[\s()\-./]*(\d[\s()\-./]*){4,15}$/, 'phoneWrong'],
  number: [/^-?\d{1,15}([.,]\d{1,15})?$/, 'numberWrong'],
};

export class Field {
  /** @param {BookingScreen} screen @param {Asked} asked @param {string | boolean | undefined} value */
  constructor(screen, asked, value) {
    this.screen = screen;
    this.asked = asked;
    const id = `field-${++fields}`;
    this.wrong = h('p', { class: 'wrong', id: `${id}-wrong` });
    this.isBox = asked.kind === 'checkbox';
    this.control = this.make(id);
    if (asked.required) this.control.setAttribute('aria-required', 'true');
    if (this.isBox) /** @type {HTMLInputElement} */ (this.control).checked = value === true;
    else if (value) this.control.value = `${value}`;
    this.control.addEventListener('input', () => this.say(null));
    const label = h('label', { for: id, class: this.isBox && 'check' }, this.isBox && this.control,
      h('span', {}, asked.label, !asked.required && h('span', { class: 'muted' }, ` ${screen.say('optional')}`)));
    this.node = h('div', { class: 'field' }, label, !this.isBox && this.control, this.wrong);
  }

  /** @param {string} id */
  make(id) {
    const { kind, autocomplete = 'off', choices = [], example } = this.asked;
    if (kind === 'long') return h('textarea', { id, maxlength: 2000 });
    if (kind === 'choice') {
      const list = h('select', { id }, h('option', { value: '' }, this.screen.say('choose')));
      for (const choice of choices) list.appendChild(h('option', { value: choice }, choice));
      return list;
    }
    return h('input', {
      id, type: kind === 'phone' ? 'tel' : kind === 'number' ? 'text' : kind, autocomplete, maxlength: 300,
      placeholder: example, inputmode: kind === 'number' && 'decimal',
    });
  }

  get kept() {
    return this.isBox ? /** @type {HTMLInputElement} */ (this.control).checked : this.control.value;
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
    fill(this.wrong, word && h('span', { 'aria-hidden': 'true' }, '▲ '), word && this.screen.say(word));
    this.control.setAttribute('aria-invalid', `${word !== null}`);
    this.control.setAttribute('aria-describedby', word ? this.wrong.id : '');
  }
}

const ANSWER = '? ';

export class Form {
  /** @param {BookingScreen} screen */
  constructor(screen) {
    this.screen = screen;
    const { visit } = screen;
    const { type, info } = visit;
    const name = shortName(info?.broker_name ?? '');
    const kept = visit.hold?.fields ?? {};
    /** @type {Field[]} */
    this.fields = [];
    /** @param {string} key @param {QuestionKind | 'long'} kind @param {Partial<Asked>} [more] */
    const add = (key, kind, more) => {
      this.fields[this.fields.length] = new Field(screen, {
        name: key, kind, label: '', required: true, missing: `${key}Missing`, ...more,
      }, kept[key] ?? screen.getAttribute(`prefill-${key}`));
    };
    add('name', 'text', { label: screen.say('name'), autocomplete: 'name' });
    add('email', 'email', { label: screen.say('email'), autocomplete: 'email' });
    add('phone', 'phone', {
      label: screen.say('phoneField'), required: type?.location_kind === 'phone', autocomplete: 'tel', example: '+1 518 555 0134',
    });
    for (const { name: question, label, kind, required = false, choices } of type?.questions ?? []) {
      add(ANSWER + question, kind, { label, required, choices, missing: kind === 'checkbox' ? 'checkMissing' : 'answerMissing' });
    }
    add('notes', 'long', { label: screen.say('notes', { name }), required: false });
    this.isLost = false;
    this.heading = h('h3', { tabindex: '-1' }, screen.say('details'));
    this.notice = h('div', { role: 'alert' });
    this.word = screen.say(type?.requires_confirmation ? 'ask' : 'book');
    this.button = h('button', { type: 'submit', class: 'primary' }, this.word);
    const nodes = [];
    for (const each of this.fields) nodes[nodes.length] = each.node;
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
    const fields = visit.hold.fields = {};
    for (const field of this.fields) fields[field.asked.name] = field.kept;
    visit.store();
  }

  send() {
    if (this.button.getAttribute('aria-disabled')) return;
    /** @type {Field | null} */
    let first = null;
    /** @type {Record<string, any>} */
    const details = { lead_timezone: this.screen.visit.zone, lead_locale: this.screen.locale };
    /** @type {Record<string, any>} */
    const answers = {};
    for (const field of this.fields) {
      const { name } = field.asked;
      if (!field.check()) first ??= field;
      else if (field.answer === null) continue;
      else if (name.indexOf(ANSWER) === 0) answers[name.slice(ANSWER.length)] = field.answer;
      else details[name === 'notes' ? name : `lead_${name}`] = field.answer;
    }
    if (first) first.control.focus();
    else this.screen.complete({ ...details, answers });
  }

  /** @param {boolean} isSending */
  sending(isSending) {
    disable(this.button, isSending || this.isLost);
  }

  /** @param {string} message */
  refused(message) {
    for (const field of this.fields) {
      if (message.indexOf(`lead_${field.asked.name} `) === 0) {
        field.say(`${field.asked.name}Wrong`);
        field.control.focus();
        return true;
      }
    }
    return false;
  }

  /** @param {Node | null} what */
  show(what) {
    this.isLost = false;
    fill(this.notice, what);
    disable(this.button, false);
    fill(this.button, this.word);
    if (what) this.notice.scrollIntoView({ block: 'nearest' });
  }

  /** @param {string} title @param {Slot[]} alternatives */
  lost(title, alternatives) {
    const { screen } = this;
    const buttons = screen.alternatives(alternatives, (slot) => screen.reserve(slot.slot_start));
    buttons[buttons.length] = button('link dense', () => screen.backToTimes(), screen.say('allTimes'));
    this.show(notice('bad', title, screen.say(alternatives.length > 0 ? 'lostKept' : 'lostKeptNone'), buttons));
    this.isLost = true;
    disable(this.button, true);
    fill(this.button, screen.say('chooseToGoOn'));
  }

  /** @param {string} time */
  lapsed(time) {
    const { screen } = this;
    const start = screen.visit.hold?.slot_start ?? '';
    this.show(notice('warn', screen.say('lapsed'), screen.say('lapsedFree', { time }), [
      button('dense', () => screen.reserve(start), screen.say('reserveAgain'))]));
  }
}
