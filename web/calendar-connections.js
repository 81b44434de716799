// <calendar-connections>: a broker's own calendars, hours, days off, meeting types, bookings and messages. `accessToken` or `auth-url` signs in.

import { button, fill, h } from './shared/core.js';
import { MemberElement, hasEnded } from './shared/member.js';
import { Tabs } from './shared/tabs.js';
import { Bookings } from './broker/bookings.js';
import { Calendars } from './broker/calendars.js';
import { DaysOff } from './broker/days-off.js';
import { Hours } from './broker/hours.js';
import { Messages } from './broker/messages.js';
import { Types } from './broker/types.js';
import { languages } from './words/broker.js';

/** @typedef {{ id: string, name: string, timezone: string, slug: string | null }} Broker */

export class CalendarConnections extends MemberElement {
  constructor() {
    super(languages, 'page');
    this.shadow.insertBefore(h('link', { rel: 'stylesheet', href: new URL('./broker.css', import.meta.url).href }), this.root);
    /** @type {Broker} */
    this.broker = { id: '', name: '', timezone: 'UTC', slug: null };
    this.tabs = new Tabs({}, () => {}, 'ltr');
    /** @type {Calendars | Hours | DaysOff | Types | Bookings | Messages | null} */
    this.view = null;
    this.onLeave = (/** @type {Event} */ event) => {
      if (this.view?.isDirty) event.preventDefault();
    };
  }

  connectedCallback() {
    addEventListener('beforeunload', this.onLeave);
    queueMicrotask(() => this.start());
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener('beforeunload', this.onLeave);
  }

  /** @override */
  async start() {
    this.view = null;
    if (!this.signsIn()) return;
    this.page(h('p', { class: 'muted', role: 'status' }, this.say('loading')));
    const id = this.getAttribute('broker');
    try {
      const found = await this.api.get('brokers', { select: 'id,name,timezone,slug', limit: 1, ...(id ? { id: `eq.${id}` } : {}) });
      if (found.length === 0) {
        this.page(h('p', {}, this.say('notBroker')), this.signOut());
        return;
      }
      this.broker = found[0];
      this.frame();
      this.open('calendars');
    } catch (error) {
      this.page(this.notice);
      this.failed(error, () => this.start());
    }
  }

  /** The address of the broker's booking page, if there is one. */
  get bookingLink() {
    const { slug } = this.broker;
    const page = this.getAttribute('booking-url');
    return slug && page ? `${new URL(page, document.baseURI).href}?page=${slug}` : '';
  }

  /** @param {string} text */
  async copy(text) {
    await navigator.clipboard.writeText(text);
    this.announce(this.say('copied'));
  }

  frame() {
    const { bookingLink: link, broker: { name, timezone } } = this;
    /** @type {Record<string, string>} */
    const names = {};
    for (const tab of ['calendars', 'hours', 'daysOff', 'types', 'bookings', 'messages']) names[tab] = this.say(tab);
    this.tabs = new Tabs(names, (tab) => this.open(tab), this.times.direction);
    fill(this.notice);
    this.page(
      h('header', { class: 'top' },
        h('div', {}, h('h2', {}, name), h('p', { class: 'small muted' }, `${timezone} · ${link.replace(/^https?:\/\//, '') || this.say('noLink')}`)),
        this.signOut(),
        link && button('dense', () => this.copy(link), this.say('copyLink'))),
      h('div', { class: 'tabs', role: 'tablist', 'aria-label': name }, this.tabs.tabs), this.notice, this.panel);
  }

  /** @param {string} tab */
  open(tab) {
    if (this.view?.isDirty && !confirm(this.say('leave'))) return;
    this.tabs.select(tab, this.panel);
    this.view = tab === 'hours' ? new Hours(this) : tab === 'bookings' ? new Bookings(this)
      : tab === 'daysOff' ? new DaysOff(this) : tab === 'types' ? new Types(this) : tab === 'messages' ? new Messages(this) : new Calendars(this);
    fill(this.panel, this.view.node);
    this.reload();
  }

  reload() {
    const { view } = this;
    this.act(async () => { await view?.read(); });
  }

  /** @override @param {unknown} error @param {() => void} again */
  failed(error, again) {
    if (this.askedAgain(error, again)) return;
    const { kind, reason, message, retryAfter } = /** @type {Refusal} */ (error);
    const said = kind === 'offline' ? this.say('offline') : hasEnded(error) ? this.say('signIn')
      : kind === 'limited' ? this.say('syncSoon', { n: retryAfter })
        : message === 'no_agent' ? this.say('noAgent') : message === 'provider_not_set_up' ? this.say('notSetUp')
          : reason === 'taken' ? this.say('taken') : this.say('failed', { why: message });
    if (!kind) console.error(error);
    fill(this.notice, h('div', { class: 'notice bad' }, h('strong', {}, said),
      kind === 'offline' && h('div', { class: 'row' }, button('dense', again, this.say('again')))));
  }
}

if (!customElements.get('calendar-connections')) customElements.define('calendar-connections', CalendarConnections);
