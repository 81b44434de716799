// Tabs by WAI-ARIA's pattern: one tab stop, arrows move the focus, and a tab opens when it is pressed.

import { h } from './core.js';

export class Tabs {
  /** @param {Record<string, string>} names what each tab is called, by its key @param {(key: string) => void} open @param {string} direction of the writing: ltr or rtl */
  constructor(names, open, direction) {
    this.direction = direction;
    /** @type {HTMLButtonElement[]} */
    this.tabs = [];
    for (const key of Object.keys(names)) {
      this.tabs[this.tabs.length] = h('button', {
        type: 'button', role: 'tab', id: `tab-${key}`, 'aria-controls': 'panel', 'aria-selected': 'false', tabindex: '-1',
        click: () => open(key),
        keydown: (/** @type {KeyboardEvent} */ event) => this.onKey(event),
      }, names[key]);
    }
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const { tabs } = this;
    const way = this.direction === 'rtl' ? -step : step;
    tabs[(tabs.indexOf(/** @type {HTMLButtonElement} */ (event.target)) + way + tabs.length) % tabs.length]?.focus();
  }

  /** Shows one as open, whose panel this is. @param {string} key @param {HTMLElement} panel */
  select(key, panel) {
    for (const tab of this.tabs) {
      const isOpen = tab.id === `tab-${key}`;
      tab.setAttribute('aria-selected', `${isOpen}`);
      tab.tabIndex = isOpen ? 0 : -1;
    }
    panel.setAttribute('aria-labelledby', `tab-${key}`);
  }
}
