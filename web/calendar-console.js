// <calendar-console>: what is wrong first, for operators. `accessToken` or `auth-url` signs in.

import { at, button, fill, h } from './shared/core.js';
import { MemberElement, hasEnded } from './shared/member.js';
import { Tabs } from './shared/tabs.js';
import { Agents } from './console/agents.js';
import { Calendars } from './console/calendars.js';
import { Failures } from './console/failures.js';
import { Messages } from './console/messages.js';
import { Now } from './console/now.js';
import { Unwritten } from './console/unwritten.js';
import { languages } from './words/console.js';

const REFRESH_MS = 10_000;

/** @type {Record<string, new (screen: CalendarConsole) => ConsoleView>} */
const VIEWS = { now: Now, calendars: Calendars, unwritten: Unwritten, failures: Failures, messages: Messages, agents: Agents };

export class CalendarConsole extends MemberElement {
  constructor() {
    super(languages, 'page wide');
    for (const file of ['broker.css', 'console.css']) {
      this.shadow.prepend(h('link', { rel: 'stylesheet', href: new URL(`./${file}`, import.meta.url).href }));
    }
    /** @type {ConsoleView | null} */
    this.view = null;
    this.tabs = new Tabs({}, () => {}, 'ltr');
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.finding = undefined;
    this.search = h('input', { type: 'search', input: () => this.find() });
    this.summary = h('p', { class: 'small muted' });
    this.readAt = h('p', { class: 'small muted read-at' });
  }

  connectedCallback() {
    queueMicrotask(() => this.start());
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.timer);
  }

  /** @override */
  start() {
    clearInterval(this.timer);
    this.view = null;
    if (!this.signsIn()) return;
    this.frame();
    this.open('now');
    this.timer = setInterval(() => this.refresh(), REFRESH_MS);
  }

  frame() {
    this.search.setAttribute('placeholder', this.say('search'));
    this.search.setAttribute('aria-label', this.say('search'));
    /** @type {Record<string, string>} */
    const names = {};
    for (const name of Object.keys(VIEWS)) names[name] = this.say(name);
    this.tabs = new Tabs(names, (name) => this.open(name), this.times.direction);
    fill(this.notice);
    this.page(
      h('header', { class: 'top' }, h('div', {}, h('h2', {}, this.say('console')), this.summary), this.signOut(), h('div', { class: 'finder' }, this.search)),
      h('div', { class: 'tabs', role: 'tablist', 'aria-label': this.say('console') }, this.tabs.tabs),
      this.notice, this.panel, this.readAt);
  }

  /** @param {string} name */
  open(name) {
    this.tabs.select(name, this.panel);
    const View = VIEWS[name] ?? Now;
    this.view = new View(this);
    fill(this.panel, this.view.node);
    this.reload();
  }

  reload() {
    const { view } = this;
    return this.act(() => view?.read(this.search.value), () => this.wasRead());
  }

  /** What is under the pointer or has the focus stays where it is. */
  async refresh() {
    const { view } = this;
    if (!view || document.hidden || this.panel.hasAttribute('aria-busy')) return;
    if (this.panel.matches(':hover, :focus-within')) {
      if (view.figures) await view.figures().then(() => this.wasRead(), () => {});
      return;
    }
    await view.read(this.search.value).then(() => this.wasRead(), (error) => this.failed(error, () => this.reload()));
  }

  wasRead() {
    fill(this.readAt, this.say('readAt', { when: this.times.write('time', new Date().toISOString(), Intl.DateTimeFormat().resolvedOptions().timeZone) }));
  }

  find() {
    clearTimeout(this.finding);
    this.finding = setTimeout(() => {
      if (this.view?.searches) this.reload();
      else this.open('calendars');
    }, 250);
  }

  /** @override @param {unknown} error @param {() => void} again */
  failed(error, again) {
    if (this.askedAgain(error, again)) return;
    const { kind, message, retryAfter } = /** @type {Refusal} */ (error);
    if (kind === 'denied' && !hasEnded(error)) {
      clearInterval(this.timer);
      this.view = null;
      this.page(h('p', { role: 'alert' }, this.say('notOperator')), this.signOut());
      return;
    }
    const said = kind === 'offline' ? this.say('offline') : hasEnded(error) ? this.say('signIn')
      : kind === 'limited' ? this.say('soon', { n: retryAfter })
        : message === 'no_agent' ? this.say('noAgent') : message === 'provider_not_set_up' ? this.say('notSetUp')
          : this.say('failed', { why: message });
    fill(this.notice, h('div', { class: 'notice bad' }, h('div', { class: 'line' }, h('strong', {}, said), button('dense', again, this.say('again')))));
  }

  /** @param {string} sentence */
  report(sentence) {
    fill(this.notice, h('div', { class: 'notice good' }, h('strong', {}, sentence)));
  }

  /** 2 d 3 h, 12 min, 40 s @param {string | null} since @param {string} now */
  ago(since, now) {
    if (!since) return this.say('never');
    const seconds = Math.max(0, Math.round((at(now) - at(since)) / 1000));
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    if (seconds < 60) return this.say('seconds', { n: seconds });
    if (hours < 1) return this.say('minutes', { n: minutes });
    if (hours < 24) return this.say('hours', { n: hours });
    return `${this.say('days', { n: Math.floor(hours / 24) })} ${this.say('hours', { n: hours % 24 })}`;
  }
}

if (!customElements.get('calendar-console')) customElements.define('calendar-console', CalendarConsole);
