// The addresses of webhooks. What is behind their host can be a secret, and is not shown.

import { button, h } from '../shared/core.js';
import { badge, list } from './list.js';

/** @typedef {import('../calendar-console.js').CalendarConsole} Screen */
/** @typedef {{ id: string, broker_name: string | null, url: string, events: string[] | null, failing_since: string | null, last_error: string | null, last_success_at: string | null, disabled_at: string | null }} Endpoint */

/** @param {Endpoint} endpoint */
export function hostOf({ url }) {
  try {
    return new URL(url).host;
  } catch {
    return '…';
  }
}

/** @param {Screen} screen @param {Endpoint[]} endpoints @param {(endpoint: Endpoint) => void} choose @param {string} now */
export function endpointList(screen, endpoints, choose, now) {
  const { say } = screen;
  const rows = [];
  for (const endpoint of endpoints) {
    const { events, last_error: problem } = endpoint;
    const kinds = [];
    for (const kind of events ?? []) kinds[kinds.length] = kindOf(screen, kind);
    rows[rows.length] = [
      [h('strong', {}, hostOf(endpoint)), h('span', { class: 'muted' }, endpoint.broker_name ?? say('allBrokers'))],
      [state(screen, endpoint), problem && h('div', { class: 'small muted' }, problem)],
      h('span', { class: 'since' }, screen.ago(endpoint.last_success_at, now)),
      h('span', { class: 'small muted' }, kinds.join(', ') || say('allEvents')),
      h('div', { class: 'moves' }, button('dense', () => choose(endpoint), say('deliveries'))),
    ];
  }
  return list(say('webhooks'), [say('address'), say('what'), say('lastAccepted'), '', ''], rows, say('noWebhooks'));
}

/** @param {Screen} screen @param {Endpoint} endpoint */
function state(screen, { disabled_at: disabled, failing_since: failing, last_success_at: success }) {
  if (disabled) return badge('bad', screen.say('webhookOff'));
  if (failing) return badge('warn', screen.say('webhookFails'));
  return success ? badge('good', screen.say('webhookWorks')) : h('span', { class: 'badge' }, screen.say('webhookNew'));
}

/** @param {Screen} screen @param {string} kind of a message */
export const kindOf = (screen, kind) => screen.say(kind === 'unwritten' || kind === 'needs_reconnect' ? `kind_${kind}` : kind);
