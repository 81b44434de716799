// The agent serves web/ with the settings of those who host it, while its database is away: the pages call
// PostgREST themselves.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { freePort, listening, start } from './programs.mjs';
import { API, WEB, button, byToken, member, openForm, reads, fillIn, window } from './world.mjs';

/** An agent with the pages and this settings.js; gives its address. @param {string} settings */
async function serving(settings) {
  const directory = await mkdtemp(join(tmpdir(), 'calendar-served-'));
  after(() => rm(directory, { recursive: true }));
  await cp(WEB, join(directory, 'web'), { recursive: true });
  await writeFile(join(directory, 'web/settings.js'), `export const src = '${API}';\n${settings}`);
  const port = await freePort();
  start(`${process.env.CALENDAR_TEST_AGENT}`, ['run'], {
    DATABASE_URL: `postgres://nobody@127.0.0.1:${await freePort()}/nowhere`,
    SYNC_AGENT_KEY: randomBytes(32).toString('base64'),
    SYNC_AGENT_SPOOL: join(directory, 'spool.sqlite'),
    SYNC_AGENT_HTTP_LISTEN: `127.0.0.1:${port}`,
    SYNC_AGENT_HTTP_PAGES: join(directory, 'web'),
    SYNC_AGENT_HTTP_API_ORIGINS: API,
  });
  await listening(port);
  return `http://127.0.0.1:${port}`;
}

test('the pages work from the agent, by settings.js', async () => {
  const ada = await member();
  const origin = await serving(byToken(ada.token));
  const page = await window();
  await page.goto(`${origin}/booking.html?page=${ada.page}`);
  await openForm(page);
  await fillIn(page);
  await button(page, 'Book this time').click();
  await reads(page, 'Booked.');
  await page.goto(`${origin}/connections.html`);
  await page.getByRole('tab', { name: 'Bookings' }).click();
  await reads(page, 'Jo Smith');
  await page.goto(`${origin}/console.html`);
  await reads(page, 'This account is not that of an operator.');
});

test('what the agent says with them', async () => {
  const origin = await serving(byToken(''));
  const ask = (/** @type {string} */ file, /** @type {Record<string, string>} */ headers = {}) => fetch(`${origin}/${file}`, { headers });
  for (const [file, frames] of [['booking.html', '*'], ['connections.html', "'none'"], ['console.html', "'none'"], ['settings.js', "'none'"]]) {
    const answer = await ask(`${file}`);
    const policy = `${answer.headers.get('content-security-policy')}`;
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/, file);
    assert.ok(policy.includes(`connect-src 'self' ${API};`) && policy.endsWith(`frame-ancestors ${frames}`), policy);
    assert.ok(!policy.includes('unsafe'), policy);
  }
  assert.match(await (await ask('settings.js')).text(), new RegExp(`^export const src = '${API}';`));
  const tag = `${(await ask('calendar-booking.js')).headers.get('etag')}`;
  assert.equal((await ask('calendar-booking.js', { 'If-None-Match': tag })).status, 304);
  for (const file of ['../Cargo.toml', '%2e%2e/Cargo.toml', 'types.d.ts', '.hidden']) assert.equal((await ask(file)).status, 404, file);
});
