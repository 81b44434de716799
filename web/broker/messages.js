// How messages about bookings are sent. Nothing is saved until "Save messages".

import { button, fill, h } from '../shared/core.js';
import { Kinds } from './kinds.js';
import { Reminders } from './reminders.js';

/** @typedef {import('../calendar-connections.js').CalendarConnections} Screen */
/** @typedef {Record<string, any> & { quiet_from?: string, quiet_until?: string }} Notify brokers.notify */
/** @typedef {{ business_phone: string | null, locale: string | null, invite_by: string | null, reminder_minutes: number[], notify: Notify }} Settings */

const COLUMNS = 'business_phone,locale,invite_by,reminder_minutes,notify';
const LANGUAGES = ['en', 'de', 'es', 'fr'];
const PHONE = /^\+?\d{4,15}$/;
/** The quiet hours of a broker who has said nothing else. */
const QUIET = { quiet_from: '21:00', quiet_until: '08:00' };

export class Messages {
  /** @param {Screen} screen */
  constructor(screen) {
    this.screen = screen;
    /** What is said to be wrong with a setting, where it is. @type {Record<string, { said: HTMLElement, control: HTMLElement }>} */
    this.places = {};
    /** What was changed. @type {Set<string>} */
    this.changed = new Set();
    /** @type {Settings} */
    this.stored = { business_phone: null, locale: null, invite_by: null, reminder_minutes: [], notify: {} };
    this.phone = h('input', { type: 'tel', id: 'business_phone', autocomplete: 'tel', maxlength: 40 });
    this.language = h('select', { id: 'locale' });
    this.inviter = h('select', { id: 'invite_by' }, ['', 'provider', 'email', 'none'].map((value) =>
      h('option', { value }, screen.say(`invite_${value || 'fitting'}`))));
    this.reminders = new Reminders(screen, () => this.change('reminder_minutes'));
    this.kinds = new Kinds(screen);
    this.isQuiet = h('input', { type: 'checkbox', id: 'quiet', change: () => this.showQuiet() });
    const time = (/** @type {string} */ id) => h('input', { type: 'time', id, 'aria-label': screen.say(id) });
    this.from = time('quiet_from');
    this.until = time('quiet_until');
    this.span = h('div', { class: 'span quiet' }, this.from, '–', this.until);
    this.status = h('p', { class: 'small muted', role: 'status' });
    this.undo = button('', () => {
      this.take(this.stored, '');
      this.saves.focus();
    }, screen.say('undo'));
    this.saves = h('button', { type: 'submit', class: 'primary' }, screen.say('saveMessages'));
    this.node = h('form', {
      class: 'stack', novalidate: true,
      input: (/** @type {Event} */ { target }) => this.change(/** @type {HTMLElement} */ (target).closest('[data-setting]')?.getAttribute('data-setting')),
      submit: (/** @type {Event} */ event) => {
        event.preventDefault();
        this.save();
      },
    },
    h('div', { class: 'halves' },
      h('section', { class: 'card part' }, h('h3', {}, screen.say('aboutYou')),
        this.field('business_phone', this.phone, 'phoneHint'), this.field('locale', this.language, 'languageHint'),
        this.field('invite_by', this.inviter, 'inviteHint')),
      h('section', { class: 'card part' }, this.group('reminder_minutes', 'reminders', this.reminders.node, this.reminders.node),
        this.group('notify', 'quietHours', h('div', {},
          h('label', { class: 'check', for: 'quiet' }, this.isQuiet, screen.say('quiet')), this.span,
          h('p', { class: 'small muted' }, screen.say('quietHint'))), this.from))),
    h('div', { class: 'halves', 'data-setting': 'notify' }, this.kinds.nodes),
    h('div', { class: 'line' }, this.status, h('div', { class: 'row' }, this.undo, this.saves)));
  }

  get isDirty() {
    return this.changed.size > 0;
  }

  /** @param {string} setting @param {HTMLElement} control @param {string} hint */
  field(setting, control, hint) {
    const said = this.place(setting, control);
    control.setAttribute('aria-describedby', `${setting}-hint ${said.id}`);
    return h('div', { class: 'field', 'data-setting': setting }, h('label', { for: setting }, this.screen.say(setting)), control,
      h('p', { class: 'small muted', id: `${setting}-hint` }, this.screen.say(hint)), said);
  }

  /** @param {string} setting @param {string} title @param {HTMLElement} content @param {HTMLElement} control */
  group(setting, title, content, control) {
    return h('div', { class: 'field', 'data-setting': setting, role: 'group', 'aria-labelledby': `${title}-title` },
      h('h3', { id: `${title}-title` }, this.screen.say(title)), content, this.place(setting, control));
  }

  /** @param {string} setting @param {HTMLElement} control */
  place(setting, control) {
    const said = h('p', { class: 'wrong', id: `${setting}-wrong`, hidden: true });
    this.places[setting] = { said, control };
    return said;
  }

  async read() {
    const { api, broker } = this.screen;
    const [row] = await api.get('brokers', { select: COLUMNS, id: `eq.${broker.id}` });
    this.take(row, '');
  }

  /** @param {Settings} settings @param {string} news */
  take(settings, news) {
    const { screen } = this;
    this.stored = settings;
    this.changed.clear();
    this.phone.value = settings.business_phone ?? '';
    const locale = settings.locale ?? 'en';
    fill(this.language, (LANGUAGES.includes(locale) ? LANGUAGES : [...LANGUAGES, locale]).map((tag) =>
      h('option', { value: tag }, nameOf(tag))));
    this.language.value = locale;
    this.inviter.value = settings.invite_by ?? '';
    this.reminders.take(settings.reminder_minutes);
    this.kinds.take(settings.notify);
    const { quiet_from: from, quiet_until: until } = { ...QUIET, ...settings.notify };
    this.isQuiet.checked = from !== until;
    this.from.value = this.isQuiet.checked ? from : QUIET.quiet_from;
    this.until.value = this.isQuiet.checked ? until : QUIET.quiet_until;
    this.showQuiet();
    for (const setting of Object.keys(this.places)) this.mark(setting, '');
    this.undo.hidden = true;
    fill(this.status, news);
    screen.refocus();
  }

  showQuiet() {
    this.span.hidden = !this.isQuiet.checked;
  }

  /** @param {string | null | undefined} setting */
  change(setting) {
    if (!setting) return;
    if (!this.isDirty) fill(this.status, this.screen.say('unsaved'));
    this.changed.add(setting);
    this.undo.hidden = false;
    this.mark(setting, '');
  }

  /** @param {string} setting @param {string} why nothing = it is as it should be */
  mark(setting, why) {
    const place = this.places[setting];
    if (!place) return;
    fill(place.said, why && h('span', { 'aria-hidden': 'true' }, '▲ '), why);
    place.said.hidden = !why;
    if (why && place.control.matches('input, select')) place.control.setAttribute('aria-invalid', 'true');
    else place.control.removeAttribute('aria-invalid');
  }

  /** Says what is wrong where it is, which gets the focus. @param {string} setting @param {string} why */
  refuse(setting, why) {
    this.mark(setting, why);
    const { control } = this.places[setting] ?? { control: this.node };
    /** @type {HTMLElement | null} */ (control.matches('input, select') ? control : control.querySelector('input, button'))?.focus();
  }

  /** What is wrong with what was typed, by setting. @returns {[string, string][]} */
  get wrong() {
    const { screen } = this;
    /** @type {[string, string][]} */
    const wrong = [];
    const phone = plain(this.phone.value);
    if (phone && !PHONE.test(phone)) wrong.push(['business_phone', screen.say('phoneWrong')]);
    if (this.reminders.wrong) wrong.push(['reminder_minutes', this.reminders.wrong]);
    if (this.isQuiet.checked && (!this.from.value || !this.until.value)) wrong.push(['notify', screen.say('empty')]);
    else if (this.isQuiet.checked && this.from.value === this.until.value) wrong.push(['notify', screen.say('quietSame')]);
    return wrong;
  }

  /** What is to be stored of what was changed. */
  get made() {
    /** @type {Record<string, unknown>} */
    const all = {
      business_phone: plain(this.phone.value) || null, locale: this.language.value, invite_by: this.inviter.value || null,
      reminder_minutes: this.reminders.minutes, notify: { ...this.kinds.made(this.stored.notify), ...this.quiet },
    };
    /** @type {Record<string, unknown>} */
    const made = {};
    for (const setting of this.changed) made[setting] = all[setting];
    return made;
  }

  /** The quiet hours; the usual ones are left out. */
  get quiet() {
    if (!this.isQuiet.checked) return { quiet_from: '00:00', quiet_until: '00:00' };
    const [from, until] = [this.from.value, this.until.value];
    return from === QUIET.quiet_from && until === QUIET.quiet_until ? {} : { quiet_from: from, quiet_until: until };
  }

  save() {
    const { screen, wrong } = this;
    if (wrong.length > 0) {
      for (const [setting, why] of wrong.reverse()) this.refuse(setting, why);
      return;
    }
    screen.act(async () => {
      try {
        const body = JSON.stringify({ broker_id: screen.broker.id, settings: this.made });
        this.take(await screen.api.send('POST', 'rpc/set_message_settings', body), screen.say('saved'));
      } catch (error) {
        const { kind, message } = /** @type {Refusal} */ (error);
        const setting = kind === 'input' && /^settings: (\w+)/.exec(message)?.[1];
        if (!setting || !this.places[setting]) throw error;
        this.refuse(setting, message.slice('settings: '.length));
      }
    });
  }
}

/** As the database stores it. @param {string} phone */
const plain = (phone) => phone.replace(/[\s()\-./]/g, '');

/** A language in its own words. @param {string} tag */
function nameOf(tag) {
  try {
    return new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
