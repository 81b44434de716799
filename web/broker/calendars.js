// What is wrong first; then the accounts, each with its calendars and what they are for.

import { button, fill, h } from '../shared/core.js';

/** @typedef {import('../calendar-connections.js').CalendarConnections} Screen */
/** @typedef {{ id: string, display_name: string | null, is_primary: boolean, is_writable: boolean, blocks_availability: boolean, problem: string | null, last_success_at: string | null }} Calendar */
/** @typedef {{ id: string, provider: string, display_name: string | null, status: string, problem: string | null, upcoming_bookings: number, unwritten_bookings: number, calendars: Calendar[] }} Account */

export class Calendars {
  /** @param {Screen} screen */
  constructor(screen) {
    this.screen = screen;
    this.node = h('div', { class: 'stack' });
    this.isDirty = false;
  }

  async read() {
    const { screen } = this;
    const answer = await screen.api.get('rpc/get_connections', { broker_id: screen.broker.id });
    this.show(answer.accounts);
  }

  /** @param {Account[]} accounts */
  show(accounts) {
    const { screen } = this;
    const wrong = [];
    const shown = [];
    for (const account of accounts) {
      if (account.status === 'needs_reconnect') wrong[wrong.length] = this.problem(account);
      if (account.status !== 'disconnected') shown[shown.length] = this.account(account);
    }
    const providers = [];
    for (const provider of ['google', 'microsoft', 'caldav', 'ics', 'ghl']) {
      providers[providers.length] = button('dense', () => this.connect(provider), screen.say(provider));
    }
    this.said = h('div', { role: 'status' });
    fill(this.node, wrong, this.said,
      h('div', { class: 'card' }, shown.length > 0 ? shown : h('p', { class: 'part muted' }, screen.say('noCalendars'))),
      h('section', { class: 'card part' }, h('h3', {}, screen.say('connectAnother')), h('div', { class: 'row tight moves' }, providers)));
  }

  /** @param {Account} account */
  lastRead({ calendars }) {
    let last = null;
    for (const { last_success_at: read } of calendars) if (read && (!last || read < last)) last = read;
    return last && this.screen.times.write('both', last, this.screen.broker.timezone);
  }

  /** @param {Account} account */
  problem(account) {
    const { screen } = this;
    const when = this.lastRead(account);
    const waiting = account.unwritten_bookings > 0 ? ` ${screen.say('waiting', { n: account.unwritten_bookings })}` : '';
    return h('div', { class: 'notice bad' }, h('div', { class: 'line' },
      h('div', {}, h('strong', {}, screen.say('needsReconnect', { provider: screen.say(account.provider) })),
        h('p', { class: 'small' }, (when ? screen.say('stale', { when }) : screen.say('neverRead')) + waiting)),
      button('primary dense', () => this.connect(account.provider, account.id), screen.say('reconnect'))));
  }

  /** @param {Account} account */
  account(account) {
    const { screen } = this;
    const isActive = account.status === 'active';
    const provider = screen.say(account.provider);
    const when = this.lastRead(account);
    const name = account.display_name ?? provider;
    const sign = { active: ['good', '●'], needs_reconnect: ['bad', '▲'] }[account.status] ?? ['warn', '◆'];
    const ask = h('div', { role: 'alert' });
    return h('section', { class: 'part', 'aria-label': name },
      h('div', { class: 'line' },
        h('div', {}, h('h3', {}, name),
          h('p', { class: 'small muted' }, screen.say(when ? 'lastRead' : 'notRead', { provider, when: when ?? '' }))),
        h('div', { class: 'row tight' },
          h('span', { class: `badge ${sign[0]}` }, `${sign[1]} ${screen.say(account.status)}`),
          isActive && button('dense', () => this.sync(account), screen.say('syncNow')),
          button('dense danger', () => this.askDisconnect(account, name, ask), screen.say('disconnect')))),
      ask,
      account.problem && h('p', { class: 'small' }, account.problem),
      this.choices(account.calendars));
  }

  /** @param {Calendar[]} calendars */
  choices(calendars) {
    const { screen } = this;
    const lines = [];
    for (const calendar of calendars) {
      const name = calendar.display_name ?? calendar.id;
      const now = calendar.is_primary ? 'bookHere' : calendar.blocks_availability ? 'blocks' : 'ignored';
      const labels = [];
      for (const choice of calendar.is_writable ? ['bookHere', 'blocks', 'ignored'] : ['blocks', 'ignored']) {
        labels[labels.length] = h('label', {}, h('input', {
          type: 'radio', name: calendar.id, checked: choice === now, change: () => this.choose(calendar, choice),
        }), screen.say(choice));
      }
      lines[lines.length] = h('div', { class: 'line item' },
        h('div', {}, name, !calendar.is_writable && h('span', { class: 'small muted' }, ` ${screen.say('readOnly')}`),
          calendar.problem && h('p', { class: 'small' }, calendar.problem)),
        h('div', { class: 'segments choice', role: 'radiogroup', 'aria-label': screen.say('choiceOf', { name }) }, labels));
    }
    return lines;
  }

  /** @param {Calendar} calendar @param {string} choice */
  choose(calendar, choice) {
    const { screen } = this;
    screen.act(async () => {
      if (choice === 'bookHere') {
        await screen.api.call('set_primary_calendar', { calendar_id: calendar.id });
      }
      await screen.api.send('PATCH', `calendars?id=eq.${calendar.id}`,
        JSON.stringify({ blocks_availability: choice !== 'ignored', ...(choice === 'bookHere' ? {} : { is_primary: false }) }));
    }, () => this.read(), () => this.read());
  }

  /** @param {string} provider @param {string | null} [account] */
  connect(provider, account = null) {
    const { screen } = this;
    /** @param {string | null} back */
    const begin = (back) => screen.api.call('begin_connection', {
      provider, broker_id: screen.broker.id, account_id: account, return_to: back,
    });
    screen.act(async () => {
      try {
        return await begin(location.href.replace(/#.*/, ''));
      } catch (error) {
        // The service has not listed this origin: the agent's own page says then that it is done.
        if (!/^return_to /.test(/** @type {Refusal} */ (error).message)) throw error;
        return begin(null);
      }
    }, (/** @type {string} */ address) => location.assign(address));
  }

  /** @param {Account} account */
  sync(account) {
    const { screen } = this;
    screen.act(async () => {
      let paused = null;
      for (const { id } of account.calendars) {
        const answer = await screen.api.call('request_sync', { broker_id: screen.broker.id, calendar_id: id });
        for (const { paused_until: until } of answer.calendars) if (until) paused = until;
      }
      return paused;
    }, (paused) => {
      if (this.said) {
        fill(this.said, paused ? screen.say('syncPaused', { when: screen.times.write('both', paused, screen.broker.timezone) }) : screen.say('syncAsked'));
      }
    });
  }

  /** @param {Account} account @param {string} name @param {HTMLElement} place */
  askDisconnect(account, name, place) {
    const { screen } = this;
    const say = account.upcoming_bookings > 0 ? `${screen.say('disconnectStay', { n: account.upcoming_bookings })} ` : '';
    const notice = h('div', { class: 'notice warn moves' });
    fill(place, notice);
    screen.ask(notice, screen.say('disconnectAsk', { name }), h('p', { class: 'small' }, say + screen.say('disconnectFree')), screen.say('disconnect'),
      () => screen.act(() => screen.api.call('disconnect_account', { account_id: account.id }), () => this.read()), screen.say('keepConnected'));
  }
}
