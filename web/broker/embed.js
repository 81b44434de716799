// The code with which a website shows a booking page: docs/widget.md, "In an iframe".

import { button, fill, h } from '../shared/core.js';

/** @typedef {import('../calendar-connections.js').CalendarConnections} Screen */

/** @param {string} text */
const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

let embeds = 0;

export class Embed {
  /** @param {Screen} screen @param {string} page such as ada/viewing @param {string} name of the meeting type */
  constructor(screen, page, name) {
    this.screen = screen;
    this.page = page;
    this.name = name;
    this.id = `embed-${++embeds}`;
    this.isPopup = false;
    this.code = h('textarea', { id: `${this.id}-code`, class: 'code', readonly: true, rows: 2, spellcheck: 'false', click: () => this.code.select() });
    this.news = h('span', { class: 'small muted' });
    this.opener = h('button', { type: 'button', class: 'dense', 'aria-expanded': 'false', 'aria-controls': this.id, click: () => this.toggle() }, screen.say('embed'));
    this.node = h('div', { id: this.id, class: 'embed', hidden: true },
      h('div', { class: 'segments', role: 'radiogroup', 'aria-label': screen.say('embed') },
        [false, true].map((isPopup) => h('label', {}, h('input', {
          type: 'radio', name: this.id, checked: !isPopup, change: () => { this.isPopup = isPopup; this.show(); },
        }), screen.say(isPopup ? 'embedPopup' : 'embedInline')))),
      h('div', { class: 'field' }, h('label', { for: this.code.id }, screen.say('embedCode')), this.code),
      h('div', { class: 'row tight moves' }, button('dense', () => this.copy(), screen.say('copyCode')), this.news));
    this.show();
  }

  toggle() {
    this.node.hidden = !this.node.hidden;
    this.opener.setAttribute('aria-expanded', `${!this.node.hidden}`);
  }

  show() {
    const { screen, page } = this;
    const script = new URL('embed.js', screen.bookingLink).href;
    this.code.value = `<script src="${script}" async></script>\n${this.isPopup
      ? `<button data-calendar-booking="${page}">${escaped(screen.say('bookWord', { name: this.name }))}</button>`
      : `<div data-calendar-inline="${page}"></div>`}`;
    fill(this.news);
  }

  async copy() {
    try {
      await this.screen.copy(this.code.value);
      fill(this.news, this.screen.say('copied'));
    } catch {
      // A browser that lets no page write there: it is selected, to be copied by hand.
      this.code.focus();
      this.code.select();
    }
  }
}
