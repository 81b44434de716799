// <calendar-connections>: a broker's own calendars, hours, days off, meeting types and bookings. Whoever signs in hands it `accessToken`.

import { Api } from './shared/api.js';
import { CalendarElement, button, fill, h } from './shared/element.js';
import { Tabs } from './shared/tabs.js';
import { Times } from './shared/times.js';
import { Words, chooseLocale } from './shared/words.js';
import { Bookings } from './broker/bookings.js';
import { Calendars } from './broker/calendars.js';
import { DaysOff } from './broker/days-off.js';
import { Hours } from './broker/hours.js';
import { Types } from './broker/types.js';
import { languages } from './words/broker.js';

/** @typedef {{ id: string, name: string, timezone: string, slug: string | null }} Broker */

export class CalendarConnections extends CalendarElement {
  constructor() {
    super();
    this.shadow.insertBefore(h('link', { rel: 'stylesheet', href: new URL('./broker.css', import.meta.url).href }), this.root);
    this.locale = 'en';
    this.times = new Times('en');
    this.words = new Words('en', languages.en);
    this.api = new Api('', null);
    /** @type {AccessToken | null} */
    this.accessToken = null;
    /** @type {Broker} */
    this.broker = { id: '', name: '', timezone: 'UTC', slug: null };
    this.notice = h('div', { role: 'alert' });
    this.panel = h('div', { role: 'tabpanel', tabindex: '-1', id: 'panel', 'aria-labelledby': 'tab-calendars' });
    this.tabs = new Tabs({}, () => {}, 'ltr');
    /** @type {Calendars | Hours | DaysOff | Types | Bookings | null} */
    this.view = null;
    this.onLeave = (/** @type {Event} */ event) => {
      if (this.view?.isDirty) event.preventDefault();
    };
  }

  connectedCallback() {
    addEventListener('beforeunload', this.onLeave);
    queueMicrotask(() => this.start());
  }

  disconnectedCallback() {
    removeEventListener('beforeunload', this.onLeave);
  }

  /** @param {string} key @param {Record<string, string | number>} [values] */
  say(key, values) {
    return this.words.say(key, values);
  }

  async start() {
    this.noteAccent();
    this.locale = chooseLocale(this.getAttribute('lang'));
    this.times = new Times(this.locale);
    const own = languages[this.locale.slice(0, 2)];
    this.words = own ? new Words(this.locale, own) : new Words('en', languages.en);
    this.root.setAttribute('dir', this.times.direction);
    this.api = new Api(this.getAttribute('src') ?? '', this.getAttribute('apikey'), this.accessToken);
    fill(this.root, h('div', { class: 'page' }, h('p', { class: 'muted', role: 'status' }, this.say('loading'))));
    if (!this.accessToken) {
      this.message('signIn');
      return;
    }
    const id = this.getAttribute('broker');
    try {
      const found = await this.api.get('brokers', { select: 'id,name,timezone,slug', limit: 1, ...(id ? { id: `eq.${id}` } : {}) });
      if (found.length === 0) {
        this.message('notBroker');
        return;
      }
      this.broker = found[0];
      this.frame();
      this.open('calendars');
    } catch (error) {
      fill(this.root, h('div', { class: 'page' }, this.notice));
      this.failed(error, () => this.start());
    }
  }

  /** @param {string} word */
  message(word) {
    fill(this.root, h('div', { class: 'page' }, h('p', {}, this.say(word))));
  }

  frame() {
    const { name, timezone, slug } = this.broker;
    const page = this.getAttribute('booking-url');
    const link = slug && page ? `${new URL(page, document.baseURI).href}?page=${slug}` : '';
    /** @type {Record<string, string>} */
    const names = {};
    for (const tab of ['calendars', 'hours', 'daysOff', 'types', 'bookings']) names[tab] = this.say(tab);
    this.tabs = new Tabs(names, (tab) => this.open(tab), this.times.direction);
    fill(this.root, h('div', { class: 'page' },
      h('header', { class: 'top' },
        h('div', {}, h('h2', {}, name), h('p', { class: 'small muted' }, `${timezone} · ${link.replace(/^https?:\/\//, '') || this.say('noLink')}`)),
        link && button('dense', () => { navigator.clipboard.writeText(link).then(() => this.announce(this.say('copied'))); }, this.say('copyLink'))),
      h('div', { class: 'tabs', role: 'tablist', 'aria-label': name }, this.tabs.tabs), this.notice, this.panel));
  }

  /** @param {string} tab */
  open(tab) {
    if (this.view?.isDirty && !confirm(this.say('leave'))) return;
    this.tabs.select(tab, this.panel);
    this.view = tab === 'hours' ? new Hours(this) : tab === 'bookings' ? new Bookings(this)
      : tab === 'daysOff' ? new DaysOff(this) : tab === 'types' ? new Types(this) : new Calendars(this);
    fill(this.panel, this.view.node);
    this.reload();
  }

  reload() {
    const { view } = this;
    this.act(async () => { await view?.read(); });
  }

  /** One thing at a time, and what is said when it does not work. @template T @param {() => Promise<T>} action @param {(result: T) => unknown} [done] @param {() => unknown} [undone] */
  async act(action, done, undone) {
    fill(this.notice);
    this.panel.setAttribute('aria-busy', 'true');
    try {
      const result = await action();
      await done?.(result);
    } catch (error) {
      await undone?.();
      this.failed(error, () => this.act(action, done, undone));
    } finally {
      this.panel.removeAttribute('aria-busy');
    }
  }

  /** @param {unknown} error @param {() => void} again */
  failed(error, again) {
    const { kind, reason, message, retryAfter } = /** @type {Refusal} */ (error);
    const said = kind === 'offline' ? this.say('offline')
      : kind === 'limited' ? this.say('syncSoon', { n: retryAfter })
        : message === 'no_agent' ? this.say('noAgent')
          : reason === 'taken' ? this.say('taken') : this.say('failed', { why: message });
    if (!kind) console.error(error);
    fill(this.notice, h('div', { class: 'notice bad' }, h('strong', {}, said),
      kind === 'offline' && h('div', { class: 'row' }, button('dense', again, this.say('again')))));
  }
}

if (!customElements.get('calendar-connections')) customElements.define('calendar-connections', CalendarConnections);
