// The agent, with its providers: a database of its own, a real authorization server in front of each
// stand-in, and Radicale. Import it before world.mjs: `sql` then speaks to this database.

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { authorizationServer } from './authorization.mjs';
import { firstLines, freePort, listening, start } from './programs.mjs';

/** @param {string} name */
function env(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run scripts/test-web`);
  return value;
}

const directory = mkdtempSync(join(tmpdir(), 'calendar-web-'));
after(() => rmSync(directory, { recursive: true }));

const main = env('CALENDAR_TEST_URL');
const name = `agent_${process.pid}`;
const database = main.replace(/\/[^/]*$/, `/${name}`);
const psql = (/** @type {string} */ url, /** @type {string} */ text) => execFileSync(env('CALENDAR_TEST_PSQL'), ['-XqtA', `--dbname=${url}`, '-c', text]);
psql(main, `create database ${name}`);
psql(database, 'create extension calendar_ext cascade');
process.env.CALENDAR_TEST_URL = database;

const GOOGLE = { client_id: 'calendar.apps.googleusercontent.com', client_secret: 'GOCSPX-secret' };
const MICROSOFT = { client_id: '00000000-0000-0000-0000-000000000000' };
const port = await freePort();

/** The public URL: browsers reach the agent below a path. */
export const agent = `http://127.0.0.1:${port}/calendar/`;

/** @param {string} provider @param {string} [base] */
async function fake(provider, base) {
  const child = start(env('CALENDAR_TEST_FAKES'), [provider, '0', ...(base ? [base] : [])]);
  const [origin, access] = await firstLines(child, 2);
  return { origin, accessToken: JSON.parse(access).access_token };
}

const redirect = (/** @type {string} */ provider) => ({ redirect_uris: [`${agent}oauth/${provider}/callback`], grant_types: ['authorization_code', 'refresh_token'] });

export const google = await authorizationServer({
  client: { ...GOOGLE, ...redirect('google'), token_endpoint_auth_method: 'client_secret_post' },
  scopes: ['https://www.googleapis.com/auth/calendar.events', 'https://www.googleapis.com/auth/calendar.calendarlist.readonly'],
  authorize: '/o/oauth2/v2/auth', token: '/token', fake: () => fake('google'),
});

export const microsoft = await authorizationServer({
  client: { ...MICROSOFT, ...redirect('microsoft'), token_endpoint_auth_method: 'none' },
  scopes: ['Calendars.ReadWrite', 'User.Read'],
  authorize: '/common/oauth2/v2.0/authorize', token: '/common/oauth2/v2.0/token', fake: (origin) => fake('microsoft', `${origin}/v1.0`),
});

/** @param {number} listen @param {Record<string, string>} [more] */
async function run(listen, more = {}) {
  start(env('CALENDAR_TEST_AGENT'), ['run'], {
    DATABASE_URL: `${database}?options=-c%20role%3Dcalendar_agent`,
    SYNC_AGENT_KEY: randomBytes(32).toString('base64'),
    SYNC_AGENT_SPOOL: join(directory, `spool-${listen}.sqlite`),
    SYNC_AGENT_ALLOW_PRIVATE_NETWORKS: 'true',
    SYNC_AGENT_HTTP_LISTEN: `127.0.0.1:${listen}`,
    ...more,
  });
  await listening(listen);
}

await run(port, {
  SYNC_AGENT_HTTP_PUBLIC_URL: agent,
  SYNC_AGENT_GOOGLE_BASE_URL: `${google.own}/calendar/v3/`,
  SYNC_AGENT_GOOGLE_AUTHORIZE_URL: `${google.browsers}/o/oauth2/v2/auth`,
  SYNC_AGENT_GOOGLE_TOKEN_URL: `${google.own}/token`,
  SYNC_AGENT_GOOGLE_REVOKE_URL: `${google.own}/revoke`,
  SYNC_AGENT_GOOGLE_CLIENT_ID: GOOGLE.client_id,
  SYNC_AGENT_GOOGLE_CLIENT_SECRET: GOOGLE.client_secret,
  SYNC_AGENT_MICROSOFT_BASE_URL: `${microsoft.own}/v1.0`,
  SYNC_AGENT_MICROSOFT_LOGIN_URL: `${microsoft.browsers}/`,
  SYNC_AGENT_MICROSOFT_CLIENT_ID: MICROSOFT.client_id,
});

/** Radicale, with a calendar of alice. */
export async function radicale() {
  const own = await freePort();
  writeFileSync(join(directory, 'users'), 'alice:wonderland\n');
  start(env('CALENDAR_TEST_PYTHON'), ['-m', 'radicale', '--config', '', '--server-hosts', `127.0.0.1:${own}`,
    '--auth-type', 'htpasswd', '--auth-htpasswd-encryption', 'plain', '--auth-htpasswd-filename', 'users', '--auth-delay', '0',
    '--storage-filesystem-folder', 'collections', '--logging-level', 'error'], {}, directory);
  await listening(own);
  const made = await fetch(`http://127.0.0.1:${own}/alice/work/`, {
    method: 'MKCALENDAR', headers: { Authorization: `Basic ${Buffer.from('alice:wonderland').toString('base64')}` },
  });
  if (made.status !== 201) throw new Error(`Radicale made no calendar: ${made.status}`);
  return { url: `http://127.0.0.1:${own}/`, username: 'alice', password: 'wonderland' };
}
