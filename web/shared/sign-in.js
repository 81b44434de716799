// Signing in by Supabase Auth, for pages to which no host signs in: `auth-url` says where it is.

import { languages } from '../words/sign-in.js';
import { button, fill, h, refusalOf, sayIn } from './core.js';

const PATIENCE_MS = 15_000;
/** A token is renewed this long before it ends. */
const EARLY_MS = 60_000;
const LATE_MS = 500;

/** @typedef {{ access_token: string, refresh_token: string, until: number, email: string }} Kept */

export class Session {
  /** @param {string} url of Supabase Auth, such as https://PROJECT.supabase.co/auth/v1 @param {string | null} key */
  constructor(url, key) {
    this.base = new URL(url, document.baseURI).href.replace(/\/*$/, '/');
    this.key = key;
    this.place = `calendar-auth:${this.base}`;
    /** What is not kept where the browser keeps nothing. @type {Kept | null} */
    this.own = null;
    /** Whose sign-in has ended here. */
    this.ended = '';
    /** @type {Promise<unknown>} */
    this.last = Promise.resolve();
  }

  /** @returns {Kept | null} */
  get kept() {
    try {
      return JSON.parse(localStorage.getItem(this.place) ?? 'null');
    } catch {
      return this.own;
    }
  }

  /** @param {Kept | null} kept */
  keep(kept) {
    this.own = kept;
    try {
      if (kept) localStorage.setItem(this.place, JSON.stringify(kept));
      else localStorage.removeItem(this.place);
    } catch {}
  }

  /** Calls `act` when another tab has signed out, or in as someone else. @param {() => void} act @param {AbortSignal} signal */
  watch(act, signal) {
    let { email } = this.kept ?? {};
    addEventListener('storage', (event) => {
      if (event.key !== this.place || this.kept?.email === email) return;
      email = this.kept?.email;
      act();
    }, { signal });
  }

  /** @param {string} path @param {object} body @param {string} [token] @returns {Promise<any>} */
  async ask(path, body, token) {
    /** @type {Record<string, string>} */
    const headers = { 'Content-Type': 'application/json' };
    if (this.key) headers.apikey = this.key;
    if (token) headers.Authorization = `Bearer ${token}`;
    let answer, read;
    try {
      answer = await fetch(this.base + path, {
        method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(PATIENCE_MS),
        cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer',
      });
      read = await answer.json().catch(() => null);
    } catch (error) {
      throw refusalOf('offline', `${error}`);
    }
    if (answer.ok) return read;
    if (answer.status === 429) throw refusalOf('limited', 'limited');
    if (answer.status >= 500) throw refusalOf('offline', `${answer.status}`);
    // Its errors have had three forms.
    const code = read?.error_code ?? (typeof read?.code === 'string' ? read.code : read?.error);
    const message = read?.msg ?? read?.message ?? read?.error_description ?? `${answer.status}`;
    throw refusalOf('denied', message, { reason: code === 'invalid_grant' && /confirm/i.test(message) ? 'email_not_confirmed' : `${code}` });
  }

  /** @param {any} answer @param {string} email */
  take(answer, email) {
    // Counted on this machine, which may have another time than the server.
    this.keep({
      access_token: answer.access_token, refresh_token: answer.refresh_token, email: answer.user?.email ?? email,
      until: Date.now() + answer.expires_in * 1000,
    });
  }

  /** @param {string} email @param {string} password */
  async signIn(email, password) {
    this.take(await this.ask('token?grant_type=password', { email, password }), email);
  }

  async signOut() {
    const { kept } = this;
    this.keep(null);
    // Without an answer, it is forgotten here all the same.
    if (kept) await this.ask('logout?scope=local', {}, kept.access_token).catch(() => {});
  }

  /** The JWT, renewed where it is about to end. @returns {Promise<string>} */
  async token() {
    const { kept } = this;
    if (kept && kept.until - Date.now() > EARLY_MS) return kept.access_token;
    // A refresh token works once, so one tab alone uses it.
    const turn = () => this.renew();
    if (navigator.locks) return navigator.locks.request(this.place, turn);
    const renewed = this.last.then(turn);
    this.last = renewed.catch(() => {});
    return renewed;
  }

  /** @returns {Promise<string>} */
  async renew() {
    const { kept } = this;
    if (!kept) throw refusalOf('signedOut', 'signed out');
    if (kept.until - Date.now() > EARLY_MS) return kept.access_token;
    try {
      const answer = await this.ask('token?grant_type=refresh_token', { refresh_token: kept.refresh_token });
      this.take(answer, kept.email);
      return answer.access_token;
    } catch (error) {
      if (/** @type {Refusal} */ (error).kind !== 'denied') throw error;
      // What another tab has written a moment ago may arrive late.
      await new Promise((resolve) => { setTimeout(resolve, LATE_MS); });
      const now = this.kept;
      if (now && now.refresh_token !== kept.refresh_token) return now.access_token;
      this.ended = kept.email;
      this.keep(null);
      throw refusalOf('signedOut', 'signed out');
    }
  }
}

/** The form. */
export class SignIn {
  /** @param {Session} session @param {string} locale @param {boolean} hasEnded whether it is above what was begun @param {() => void} done */
  constructor(session, locale, hasEnded, done) {
    const own = languages[locale.slice(0, 2)];
    const say = own ? sayIn(locale, own) : sayIn('en', languages.en);
    const email = h('input', { type: 'email', id: 'sign-in-email', autocomplete: 'username', required: true, value: session.ended });
    const password = h('input', { type: 'password', id: 'sign-in-password', autocomplete: 'current-password', required: true });
    const wrong = h('p', { class: 'wrong', id: 'sign-in-wrong', role: 'alert' });
    const send = h('button', { type: 'submit', class: 'primary' }, say('signIn'));
    this.heading = h('h2', { tabindex: '-1' }, say('signIn'));
    const refused = (/** @type {unknown} */ error) => {
      const { kind, reason, message } = /** @type {Refusal} */ (error);
      if (!kind) console.error(error);
      const said = kind === 'offline' ? say('offline') : kind === 'limited' ? say('limited')
        : reason === 'email_not_confirmed' ? say('notConfirmed')
          : reason === 'invalid_credentials' || reason === 'invalid_grant' ? say('wrong') : say('failed', { why: message });
      fill(wrong, h('span', { 'aria-hidden': 'true' }, '▲ '), said);
      for (const control of [email, password]) {
        control.setAttribute('aria-invalid', `${kind === 'denied'}`);
        control.setAttribute('aria-describedby', wrong.id);
      }
      password.focus();
    };
    this.node = h('form', {
      class: 'card part sign-in', novalidate: true,
      submit: async (/** @type {Event} */ event) => {
        event.preventDefault();
        fill(wrong);
        const empty = [email, password].find(({ value }) => !value);
        if (empty) {
          empty.focus();
          return;
        }
        send.disabled = true;
        try {
          await session.signIn(email.value.trim(), password.value);
          done();
        } catch (error) {
          refused(error);
        } finally {
          send.disabled = false;
        }
      },
    }, this.heading, hasEnded && h('p', { class: 'muted' }, say('ended')),
    h('div', { class: 'field' }, h('label', { for: email.id }, say('email')), email),
    h('div', { class: 'field' }, h('label', { for: password.id }, say('password')), password),
    wrong, h('div', { class: 'row send' }, send));
  }

  /** @param {Session} session @param {string} locale @param {() => void} done @returns {HTMLElement} who is signed in, and the button that ends it */
  static out(session, locale, done) {
    const own = languages[locale.slice(0, 2)] ?? languages.en;
    return h('div', { class: 'row tight' }, h('span', { class: 'small muted' }, session.kept?.email ?? ''),
      button('link dense', () => { session.signOut().then(done); }, /** @type {string} */ (own?.signOut)));
  }
}
