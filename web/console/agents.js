// The agents that were seen within a day.

import { at, fill, h } from '../shared/core.js';
import { badge, list } from './list.js';

/** @typedef {import('../calendar-console.js').CalendarConsole} Screen */

const ALIVE_MS = 60_000;

export class Agents {
  /** @param {Screen} screen */
  constructor(screen) {
    this.screen = screen;
    this.node = h('div', {});
  }

  async read() {
    const { screen } = this;
    const { say } = screen;
    const { now, agents } = await screen.api.get('rpc/get_overview', { max_problems: 1 });
    const rows = [];
    for (const agent of agents) {
      const isAlive = at(now) - at(agent.last_seen_at) < ALIVE_MS;
      rows[rows.length] = [
        [h('strong', {}, agent.id.slice(0, 8)), h('span', { class: 'muted' }, agent.version)],
        badge(isAlive ? 'good' : 'bad', say(isAlive ? 'running' : 'silent')),
        say('seen', { when: screen.ago(agent.last_seen_at, now) }),
        say('startedSince', { when: screen.ago(agent.started_at, now) }),
        agent.public_url ?? say('noPages'),
      ];
    }
    fill(this.node, list(say('agents'), [say('agent'), say('what'), say('lastSeen'), say('running'), say('pages')], rows, say('noAgents')));
  }
}
