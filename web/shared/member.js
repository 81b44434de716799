// What the elements share for which a user signs in.

import { CalendarElement, apiOf, button, chooseLocale, fill, h, sayIn, timesOf } from './core.js';
import { Session, SignIn } from './sign-in.js';

export class MemberElement extends CalendarElement {
  /** @param {Record<string, Dictionary>} languages @param {string} look of its pages */
  constructor(languages, look) {
    super();
    this.languages = languages;
    this.look = look;
    this.locale = 'en';
    /** Of the words: English, where there are none of the language. */
    this.wordsLocale = 'en';
    this.times = timesOf();
    this.say = sayIn('en', languages.en);
    this.api = apiOf('', null);
    /** The host's. @type {AccessToken | null} */
    this.accessToken = null;
    /** Ours, where the host has no token. @type {Session | null} */
    this.session = null;
    this.watching = new AbortController();
    this.notice = h('div', { role: 'alert' });
    this.panel = h('div', { role: 'tabpanel', tabindex: '-1', id: 'panel' });
    /** What has the focus, or had it until it was shown again. @type {HTMLElement | null} */
    this.focused = null;
    this.focusedKey = '';
    this.root.addEventListener('focusin', ({ target }) => {
      this.focused = /** @type {HTMLElement} */ (target);
      this.focusedKey = keyOf(this.focused);
    });
  }

  disconnectedCallback() {
    this.watching.abort();
  }

  start() {}

  /** Whether a user is signed in; if not, the element says so, or asks. */
  signsIn() {
    this.noteAccent();
    this.locale = chooseLocale(this.getAttribute('lang'));
    this.times = timesOf(this.locale);
    const own = this.languages[this.locale.slice(0, 2)];
    this.wordsLocale = own ? this.locale : 'en';
    this.say = sayIn(this.wordsLocale, own ?? this.languages.en);
    this.root.setAttribute('dir', this.times.direction);
    this.root.setAttribute('lang', this.locale);
    this.watching.abort();
    const url = this.getAttribute('auth-url');
    const key = this.getAttribute('apikey');
    const session = this.session = url && !this.accessToken ? new Session(url, key) : null;
    this.api = apiOf(this.getAttribute('src') ?? '', key, session ? () => session.token() : this.accessToken);
    if (session) {
      this.watching = new AbortController();
      session.watch(() => this.start(), this.watching.signal);
      if (session.kept) return true;
      const { node, heading } = new SignIn(session, this.locale, false, () => this.start());
      this.page(node);
      heading.focus();
    } else if (!this.accessToken) {
      this.page(h('p', {}, this.say('signIn')));
    }
    return Boolean(this.accessToken);
  }

  /** @param {...(Child | Child[])} children */
  page(...children) {
    fill(this.root, h('div', { class: this.look }, ...children));
  }

  signOut() {
    return this.session && SignIn.out(this.session, this.locale, () => this.start());
  }

  /** One thing at a time, and what is said when it does not work. @template T @param {() => T | Promise<T>} action @param {(result: T) => unknown} [done] @param {() => unknown} [undone] */
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
      this.refocus();
    }
  }

  /** @param {unknown} _error @param {() => void} _again */
  failed(_error, _again) {}

  /** Where what had the focus was shown again, the same has it; the panel, where there is no such thing any more. */
  refocus() {
    if (!this.focused || this.focused.isConnected || this.shadow.activeElement || document.activeElement !== document.body) return;
    for (const node of /** @type {NodeListOf<HTMLElement>} */ (this.panel.querySelectorAll('button, input, select, textarea, summary, a'))) {
      if (keyOf(node) === this.focusedKey) {
        node.focus();
        return;
      }
    }
    this.panel.focus();
  }

  /** Asks in its place before something is done that cannot be undone. @param {HTMLElement} place @param {string} question @param {Child} what it means @param {string} verb @param {() => void} act @param {string} keep */
  ask(place, question, what, verb, act, keep) {
    const opener = this.focused;
    const said = h('strong', { tabindex: '-1' }, question);
    fill(place, said, what, h('div', { class: 'row tight moves' }, button('dense danger', act, verb),
      button('dense', () => {
        fill(place);
        opener?.focus();
      }, keep)));
    said.focus();
  }

  /** Asks again above what was begun; true where that is what the error is about. @param {unknown} error @param {() => void} again */
  askedAgain(error, again) {
    if (!this.session || !hasEnded(error)) return false;
    // What was typed there stays.
    if (this.notice.querySelector('.sign-in')) return true;
    const { session } = this;
    const { node, heading } = new SignIn(session, this.locale, true, () => {
      // What one user has begun is not another's.
      if (session.kept?.email === session.ended) again();
      else this.start();
    });
    fill(this.notice, node);
    heading.focus();
    return true;
  }
}

/** Whether the session or its JWT has ended. @param {unknown} error */
export function hasEnded(error) {
  const { kind, message } = /** @type {Refusal} */ (error);
  return kind === 'signedOut' || (kind === 'denied' && /^JWT /.test(message));
}

/** What something is, and of which person, day or calendar. @param {HTMLElement} node */
function keyOf(node) {
  const place = node.parentElement?.closest('[role="radiogroup"], [role="group"], article, tr, section, form');
  const name = place?.getAttribute('aria-label') ?? place?.querySelector('strong, h3, .name')?.textContent;
  const choice = node.getAttribute('type') === 'radio' && node.parentElement?.textContent;
  return `${name}|${node.id}|${node.getAttribute('data-key') ?? node.getAttribute('aria-label') ?? (choice || node.textContent)}`;
}
