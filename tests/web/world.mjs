// What the tests share: the database, the pages on two origins, a browser, and a visitor's first steps.

import { createHmac, randomUUID } from 'node:crypto';
import { readFile, mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { after, afterEach } from 'node:test';
import assert from 'node:assert/strict';
import axe from 'axe-core';
import { chromium } from 'playwright-core';
import { sql } from './database.mjs';

export { sql };

/**
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('playwright-core').BrowserContextOptions} Options
 */

/** @param {string} name */
function env(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run scripts/test-web`);
  return value;
}

/** The instant of fixture.sql: Friday, 10 AM in New York. */
export const NOW = '2026-12-04T15:00:00Z';
export const WEB = env('CALENDAR_TEST_WEB');
export const API = env('CALENDAR_TEST_API');
const SHOTS = process.env.CALENDAR_TEST_SHOTS;

/** @param {unknown} value */
export const literal = (value) => (value === null ? 'null' : `'${`${typeof value === 'object' ? JSON.stringify(value) : value}`.replaceAll("'", "''")}'`);

/**
 * @param {string} table
 * @param {Record<string, unknown>} row
 */
async function insert(table, row) {
  const values = Object.values(row).map(literal).join(', ');
  return sql(`insert into calendar.${table} (${Object.keys(row).join(', ')}) values (${values}) returning id`);
}

let brokers = 0;

/**
 * A broker of its own for each test, Monday to Friday from 9 to 5, and its page's name.
 * @param {Record<string, unknown>} [row]
 */
export async function broker(row = {}) {
  const slug = `b-${process.pid}-${++brokers}`;
  const id = await insert('brokers', {
    slug, name: 'Ada Brooks', email: 'ada@example.com', timezone: 'America/New_York', public_booking: true,
    public_bookings_per_hour: 1000, public_bookings_per_address: 50000, ...row,
  });
  return { id, page: slug };
}

/**
 * A JWT of a user, as Supabase Auth signs it.
 * @param {string} user
 * @param {number} [seconds] until it ends
 */
export function jwt(user, seconds = 3600) {
  const part = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  // PostgREST reads the real clock.
  const exp = Math.floor(Date.now() / 1000) + seconds;
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ role: 'authenticated', aud: 'authenticated', sub: user, exp })}`;
  return `${signed}.${createHmac('sha256', env('CALENDAR_TEST_JWT_SECRET')).update(signed).digest('base64url')}`;
}

/** A broker who is logged in. @param {Record<string, unknown>} [row] */
export async function member(row = {}) {
  const user = randomUUID();
  return { ...await broker({ user_id: user, ...row }), user, token: jwt(user) };
}

/** An operator who is logged in. */
export async function operator() {
  const user = randomUUID();
  await sql(`insert into calendar.operators (user_id) values ('${user}')`);
  return { user, token: jwt(user) };
}

/**
 * A page for people who are logged in, on an origin of its own.
 * @param {string} file
 * @param {string} settings lines of settings.js
 * @param {Options} [options]
 * @param {string} [more] origins that it may call
 */
export async function signedIn(file, settings, options = {}, more = '') {
  const page = await window(options);
  const origin = await site({ '/settings.js': `export const src = '${API}'; \n${settings}` },
    `default-src 'none'; script-src 'self'; style-src 'self'; connect-src ${API} ${more}; base-uri 'none'; form-action 'none'`);
  await page.goto(`${origin}/${file}`);
  return page;
}

/** @param {string} token */
export const byToken = (token) => `export const apikey = ''; export const authUrl = ''; export const accessToken = async () => '${token}';`;

/**
 * A meeting type, and its page's name.
 * @param {{ id: string, page: string }} broker
 * @param {Record<string, unknown>} row
 */
export async function meetingType(broker, row) {
  const made = { slug: 'viewing', name: 'Viewing, 4 Oak Lane', ...row };
  await insert('meeting_types', { broker_id: broker.id, ...made });
  return `${broker.page}/${made.slug}`;
}

/** What the drawings show. */
export const VIEWING = {
  durations: '{30,60}', location_kind: 'in_person', location: '4 Oak Lane, Albany',
  questions: [{ name: 'people', label: 'How many people come?', kind: 'choice', required: true, choices: ['1', '2', '3'] }],
};

/**
 * Hours for some weekdays.
 * @param {string} id
 * @param {string} days such as {1,2,3}
 * @param {string} from
 * @param {string} until
 */
export const hours = (id, days, from, until) => sql(
  `insert into calendar.working_hours (broker_id, weekday, start_local, end_local)
   select '${id}', unnest('${days}'::int[]), '${from}', '${until}'`);

/**
 * Books a time behind the page's back.
 * @param {string} id
 * @param {string} start
 */
export const bookBehind = (id, start) => sql(
  `select (calendar.book_calendar_slot('${id}', '${start}', lead_name => 'Else')).id`);

/**
 * The bookings of a broker that are not given up, as JSON.
 * @param {string} id
 * @returns {Promise<any[]>}
 */
export async function bookings(id) {
  return JSON.parse(await sql(
    `select coalesce(json_agg(b order by b.slot_start), '[]') from calendar.bookings as b
      where b.broker_id = '${id}' and b.status <> 'cancelled'`));
}

/** What the product's own server sends with its pages. */
const policy = (/** @type {string} */ frames) => `default-src 'none'; script-src 'self'; style-src 'self'; `
  + `connect-src 'self' ${API}; base-uri 'none'; form-action 'none'; frame-ancestors ${frames}`;
const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html; charset=utf-8' };

/**
 * Serves web/, and pages of the tests.
 * @param {Record<string, string>} own
 * @param {string | null} csp
 */
async function serve(own, csp) {
  const server = createServer(async (request, answer) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    const type = TYPES[/** @type {'.js'} */ (extname(path))] ?? 'text/plain';
    try {
      const body = own[path] ?? (path === '/settings.js'
        ? `export const src = ${JSON.stringify(API)}; export const apikey = '';`
        : await readFile(join(WEB, normalize(path))));
      // Modules and styles of the element are read by pages of other origins.
      answer.writeHead(200, { 'Content-Type': type, 'Access-Control-Allow-Origin': '*', ...(csp ? { 'Content-Security-Policy': csp } : {}) });
      answer.end(body);
    } catch {
      answer.writeHead(404).end();
    }
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(null)); });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  after(() => { server.close(); server.closeAllConnections(); });
  return `http://127.0.0.1:${port}`;
}

/** The pages, on an origin that is not PostgREST's. */
export const pages = await serve({}, policy('*'));

/**
 * Another site, whose pages are these.
 * @param {Record<string, string>} own
 * @param {string | null} [csp]
 */
export const site = (own, csp = null) => serve(own, csp);

export const browser = await chromium.launch({
  executablePath: env('CALENDAR_TEST_CHROMIUM'),
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
});
after(() => browser.close());

/** What pages have reported in a test. @type {string[]} */
const errors = [];
/** Pages into which a picture or axe puts styles of its own, which the policy refuses. @type {WeakSet<Page>} */
const measured = new WeakSet();
/** The windows of a test: one that stays open goes on with its clock. @type {import('playwright-core').BrowserContext[]} */
const contexts = [];
afterEach(async () => {
  const reported = errors.splice(0);
  await Promise.all(contexts.splice(0).map((context) => context.close()));
  errors.length = 0;
  assert.deepEqual(reported, []);
});

/**
 * A browser window of a visitor; its clock begins at NOW.
 * @param {Options} [options]
 * @param {{ isStill?: boolean }} [how] whether the clock stands still: that of Playwright needs whole prototypes
 */
export async function window(options = {}, { isStill = false } = {}) {
  const context = await browser.newContext({
    locale: 'en-US', timezoneId: 'America/New_York', viewport: { width: 1280, height: 800 }, ...options,
  });
  contexts.push(context);
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  if (isStill) {
    await page.addInitScript((now) => {
      const Real = Date;
      // @ts-expect-error: as a constructor it takes what Date takes
      globalThis.Date = class extends Real {
        /** @param {any[]} args */
        constructor(...args) { super(...(args.length > 0 ? /** @type {[any]} */ (args) : /** @type {[any]} */ ([now]))); }
        /** @override */
        static now() { return Real.parse(now); }
      };
    }, NOW);
  } else {
    await page.clock.install({ time: new Date(NOW) });
  }
  page.on('pageerror', (error) => errors.push(`${error.stack}`));
  page.on('console', (message) => {
    // Chromium reports each refusal of the database, too.
    if (!measured.has(page) && message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      errors.push(message.text());
    }
  });
  return page;
}

/**
 * A visitor on a booking page.
 * @param {string} name of the booking page
 * @param {Options} [options]
 * @param {string} [more] of the address
 */
export async function visit(name, options = {}, more = '') {
  const page = await window(options);
  await page.goto(`${pages}/booking.html?page=${name}${more}`);
  await page.locator('.card h2').waitFor();
  return page;
}

/** @param {Page} page @param {string | RegExp} name */
export const day = (page, name) => page.getByRole('gridcell', { name }).getByRole('button');

/** @param {Page} page @param {string | RegExp} name */
export const button = (page, name) => page.getByRole('button', { name, exact: true });

/**
 * Chooses December 9 at 9:30 in New York, which opens the form.
 * @param {Page} page
 */
export async function openForm(page) {
  await day(page, /December 9,/).click();
  await button(page, '9:30 AM, Wednesday, December 9').click();
  await page.getByRole('heading', { name: 'Your details' }).waitFor();
}

/**
 * @param {Page} page
 * @param {string} [name]
 */
export async function fillIn(page, name = 'Jo Smith') {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('E-mail').fill('jo@example.com');
  const people = page.getByLabel('How many people come?');
  if (await people.count() > 0) await people.selectOption('2');
}

/** @param {Page} page @param {string | RegExp} text */
export const reads = (page, text) => page.getByText(text).first().waitFor();

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/**
 * No violation of WCAG 2.2 A and AA; and a picture, where CALENDAR_TEST_SHOTS names a directory.
 * @param {Page} page
 * @param {string} screen
 */
export async function accessible(page, screen) {
  measured.add(page);
  if (SHOTS) {
    await mkdir(SHOTS, { recursive: true });
    await page.screenshot({ path: join(SHOTS, `${screen}.png`), fullPage: true, animations: 'disabled' });
  }
  const violations = [];
  for (const frame of page.frames()) {
    // Once in each document: it takes longer than a run.
    if (!await frame.evaluate(() => 'axe' in globalThis)) await frame.evaluate(axe.source);
    violations.push(...await frame.evaluate(async (tags) => {
      // What fades in has other colours until it is there.
      const roots = [document, ...[...document.querySelectorAll('*')].flatMap(({ shadowRoot }) => shadowRoot ?? [])];
      await Promise.allSettled(roots.flatMap((root) => root.getAnimations()).map(({ finished }) => finished));
      const found = await /** @type {any} */ (globalThis).axe.run(document, { runOnly: tags, resultTypes: ['violations'], iframes: false });
      return found.violations.map((/** @type {any} */ { id, nodes }) => [id, nodes.map((/** @type {any} */ { target, failureSummary }) => [target, failureSummary])]);
    }, WCAG));
  }
  measured.delete(page);
  assert.deepEqual(violations, [], screen);
  // 1.4.10: nothing is to be scrolled sideways.
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wide, 0, `${screen} is wider than its window`);
}

/**
 * The same, light and dark.
 * @param {Page} page
 * @param {string} screen
 */
export async function accessibleInBoth(page, screen) {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await page.emulateMedia({ colorScheme });
    await accessible(page, `${screen}-${colorScheme}`);
  }
}

/**
 * The same, at both widths; then the page is as wide as usual again.
 * @param {Page} page
 * @param {string} screen
 */
export async function accessibleAtBothWidths(page, screen) {
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await accessibleInBoth(page, `${screen}-${width}`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}
