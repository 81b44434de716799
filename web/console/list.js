// A table that becomes cards where there is little room.

import { fill, h } from '../shared/core.js';

/** @typedef {Child | Child[]} Cell */

/**
 * @param {string} title '' where there is one above
 * @param {string[]} heads the words above the columns; '' for that of the buttons
 * @param {Cell[][]} rows
 * @param {string} none what is said where there is no row
 */
export function list(title, heads, rows, none) {
  const card = h('section', { class: 'card' });
  if (rows.length === 0) {
    fill(card, title && h('h3', {}, title), h('p', { class: 'all-well' }, none));
    return card;
  }
  const body = [];
  for (const cells of rows) {
    const columns = [];
    for (let at = 0; at < cells.length; at++) {
      const label = at > 1 && heads[at] && cells[at] ? h('span', { class: 'label-of' }, `${heads[at]} `) : null;
      columns[at] = h('td', {}, label, cells[at]);
    }
    body[body.length] = h('tr', {}, columns);
  }
  const columns = [];
  for (const head of heads) columns[columns.length] = head ? h('th', { scope: 'col' }, head) : h('td', {});
  fill(card, title && h('h3', {}, title), h('table', { class: 'list' }, h('thead', {}, h('tr', {}, columns)), h('tbody', {}, body)));
  return card;
}

/** @param {'good' | 'warn' | 'bad'} kind @param {string} text */
export const badge = (kind, text) => h('span', { class: `badge ${kind}` }, `${{ good: '●', warn: '◆', bad: '▲' }[kind]} ${text}`);
