// The agent's pages, on which a broker connects a calendar: through a real authorization server in front of the
// stand-ins for Google and Microsoft, and by the form for CalDAV against Radicale.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agent, google, radicale } from './agent.mjs';
import { press, reach } from './keys.mjs';
import { accessibleAtBothWidths, bookBehind, broker, button, literal, reads, site, sql, window } from './world.mjs';

/** @typedef {import('playwright-core').Page} Page */

const app = await site({ '/settings.html': '<!doctype html><html lang="en"><title>Settings</title><h1>Your settings</h1>' });
await sql(`insert into calendar.page_origins (origin) values ('${app}')`);

/**
 * The address of a page for a broker.
 * @param {string} provider
 * @param {string} broker
 * @param {{ account?: string, back?: string }} [more]
 */
const begin = (provider, broker, { account, back } = {}) => sql(
  `select calendar.begin_connection('${provider}', '${broker}', account_id => ${literal(account ?? null)}, return_to => ${literal(back ?? null)})`);

let addresses = 0;

/** A window at an address of its own: the agent counts what each asks for. */
const visitor = () => window({ extraHTTPHeaders: { 'X-Forwarded-For': `192.0.2.${++addresses}` } });

/** @param {string} provider @param {string} broker @param {{ account?: string, back?: string }} [more] */
async function open(provider, broker, more) {
  const page = await visitor();
  await page.goto(await begin(provider, broker, more));
  return page;
}

/** What is stored of a broker's accounts. @param {string} broker */
const accounts = (broker) => sql(
  `select coalesce(string_agg(provider || ' ' || status, ', ' order by created_at), 'none') from calendar.accounts where broker_id = '${broker}'`);

/** @param {Page} page @param {string} calendar @param {string} purpose */
const choose = (page, calendar, purpose) => page.getByRole('group', { name: calendar }).getByLabel(purpose).check();

/** Until the agent has read a broker's calendars that are not ignored. @param {string} broker */
async function read(broker) {
  for (let tries = 0; tries < 300; tries++) {
    const missing = await sql(`select count(*) from calendar.calendars as c left join calendar.sync_state as s on s.calendar_id = c.id
      where c.broker_id = '${broker}' and c.blocks_availability and s.last_success_at is null`);
    if (missing === '0') return;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  assert.fail('the calendars were not read');
}

/** The provider refuses an account, which the agent does not try again by itself. @param {string} account */
async function refused(account) {
  await sql(`update calendar.calendars set sync_enabled = false where account_id = '${account}'`);
  await sql(`update calendar.accounts set status = 'needs_reconnect', problem = 'the provider refused the credential' where id = '${account}'`);
}

/** @param {Page} page @param {string} name */
const look = (page, name) => accessibleAtBothWidths(page, `connect-${name}`);

test('Google: consent, calendars, and back to where it began', async () => {
  const ada = await broker();
  const page = await open('google', ada.id, { back: `${app}/settings.html?tab=calendars` });
  await reads(page, 'You are connecting a calendar for Ada Brooks, ada@example.com.');
  await button(page, 'Continue to Google').click();
  assert.equal(new URL(page.url()).origin, google.browsers);
  await button(page, 'Allow').click();
  await page.getByRole('heading', { name: 'Choose calendars' }).waitFor();
  await choose(page, 'second@group.calendar.google.com', 'Book here');
  await choose(page, 'broker@example.com', 'Ignored');
  await button(page, 'Save').click();
  await page.getByRole('heading', { name: 'Your settings' }).waitFor();
  assert.equal(page.url(), `${app}/settings.html?tab=calendars&connected=google`);
  assert.equal(await sql(`select external_calendar_id from calendar.calendars where broker_id = '${ada.id}' and is_primary`), 'second@group.calendar.google.com');
  await read(ada.id);
  assert.equal(await accounts(ada.id), 'google active');
  const [cookie] = (await page.context().cookies(agent)).filter(({ name }) => name === 'calendar-connect');
  assert.deepEqual([cookie?.httpOnly, cookie?.sameSite], [true, 'Lax']);
});

test('Microsoft: consent at a public client, and a page that says it is done', async () => {
  const ada = await broker();
  const page = await open('microsoft', ada.id);
  await button(page, 'Continue to Microsoft').click();
  await button(page, 'Allow').click();
  await page.getByRole('heading', { name: 'Choose calendars' }).waitFor();
  await button(page, 'Save').click();
  await page.getByRole('heading', { name: 'Connected' }).waitFor();
  await reads(page, /^Microsoft 365 or Outlook.com is connected for Ada Brooks\./);
  await read(ada.id);
  assert.equal(await accounts(ada.id), 'microsoft active');
});

test('an unticked box is named, and nothing is stored before it is ticked', async () => {
  const ada = await broker();
  const page = await open('google', ada.id);
  await button(page, 'Continue to Google').click();
  await page.getByLabel(/calendarlist/).uncheck();
  await button(page, 'Allow').click();
  await page.getByRole('heading', { name: 'One permission is missing' }).waitFor();
  await reads(page, /You did not allow this service to see the list of your calendars \(calendar.calendarlist.readonly\)/);
  assert.equal(await accounts(ada.id), 'none');
  await button(page, 'Try again').click();
  await button(page, 'Allow').click();
  await page.getByRole('heading', { name: 'Choose calendars' }).waitFor();
  assert.equal(await accounts(ada.id), 'google active');
});

test('a refused consent connects nothing, and leads back', async () => {
  const ada = await broker();
  const page = await open('microsoft', ada.id, { back: `${app}/settings.html` });
  await button(page, 'Continue to Microsoft').click();
  await button(page, 'Deny').click();
  await page.getByRole('heading', { name: 'Microsoft was not connected' }).waitFor();
  await reads(page, 'You did not allow access at Microsoft. Nothing was connected.');
  assert.equal(await accounts(ada.id), 'none');
  await page.getByRole('link', { name: 'Cancel' }).click();
  assert.equal(page.url(), `${app}/settings.html`);
});

test('a ticket works once, for 10 minutes, and is not used up by a preview', async () => {
  const ada = await broker();
  const address = await begin('google', ada.id);
  for (let previews = 0; previews < 2; previews++) assert.equal((await fetch(address)).status, 200);
  const page = await visitor();
  await page.goto(address);
  await button(page, 'Continue to Google').click();
  await button(page, 'Allow').waitFor();
  const other = await visitor();
  await other.goto(address);
  await other.getByRole('heading', { name: 'This link works no longer' }).waitFor();
  const late = await begin('google', ada.id);
  await other.goto(late);
  await sql(`update calendar.connections_begun set expires_at = timestamptz '2026-12-04T15:00:00Z' where broker_id = '${ada.id}'`);
  await button(other, 'Continue to Google').click();
  await other.getByRole('heading', { name: 'This link works no longer' }).waitFor();
  assert.equal(await accounts(ada.id), 'none');
});

test('the answer of a provider counts in the browser that asked, once', async () => {
  const ada = await broker();
  const page = await open('google', ada.id);
  await button(page, 'Continue to Google').click();
  const callback = await google.holdBack(() => button(page, 'Allow').click());
  const eve = await open('google', ada.id);
  await button(eve, 'Continue to Google').click();
  await button(eve, 'Allow').waitFor();
  await eve.goto(callback);
  await eve.getByRole('heading', { name: 'This answer does not belong here' }).waitFor();
  assert.equal(await accounts(ada.id), 'none');
  await page.goto(callback);
  await page.getByRole('heading', { name: 'Choose calendars' }).waitFor();
  const picker = page.url();
  await page.goto(callback);
  await page.getByRole('heading', { name: 'This answer does not belong here' }).waitFor();
  await eve.goto(picker);
  await eve.getByRole('heading', { name: 'This page works no longer' }).waitFor();
  assert.equal(await accounts(ada.id), 'google active');
});

test('no browser is sent to a site that is not listed', async () => {
  const ada = await broker();
  for (const back of ['https://evil.example/', `${app}@evil.example/`, `${app}.evil.example/`, 'javascript:alert(1)']) {
    await assert.rejects(begin('google', ada.id, { back }), /return_to must be a URL whose scheme, host and port are listed/, back);
  }
  const page = await visitor();
  await page.goto(`${await begin('google', ada.id)}?return_to=https://evil.example/`);
  assert.equal(await page.getByRole('link', { name: 'Cancel' }).count(), 0);
  await button(page, 'Continue to Google').click();
  await button(page, 'Allow').click();
  await button(page, 'Save').click();
  await page.getByRole('heading', { name: 'Connected' }).waitFor();
  assert.ok(page.url().startsWith(agent), page.url());
});

test('a form of another site takes no ticket', async () => {
  const ada = await broker();
  const address = await begin('caldav', ada.id);
  const evil = await site({ '/evil.html': `<!doctype html><html lang="en"><title>Evil</title><form method="post" action="${address}"><button>Win</button></form>` });
  const page = await visitor();
  await page.goto(`${evil}/evil.html`);
  await button(page, 'Win').click();
  await page.getByRole('heading', { name: 'This form was sent from another site' }).waitFor();
  await page.goto(address);
  await button(page, 'Continue').click();
  await page.getByLabel('App-specific password').waitFor();
});

test('CalDAV: a wrong password is said at its field, and the right one connects', async () => {
  const ada = await broker();
  const server = await radicale();
  const page = await open('caldav', ada.id);
  await button(page, 'Continue').click();
  await page.getByRole('link', { name: 'It is not iCloud, but another CalDAV server' }).click();
  await page.getByLabel('Address of the server').fill(server.url);
  await page.getByLabel('User name').fill(server.username);
  await page.getByLabel('Password').fill('a wrong password');
  await button(page, 'Connect').click();
  const password = page.getByLabel('Password');
  await page.getByRole('alert').filter({ hasText: 'The server refused this user name or password.' }).waitFor();
  assert.equal(await password.getAttribute('aria-invalid'), 'true');
  assert.equal(await password.inputValue(), '');
  assert.equal(await page.getByLabel('User name').inputValue(), server.username);
  assert.equal(await accounts(ada.id), 'none');
  await password.fill(server.password);
  await button(page, 'Connect').click();
  await page.getByRole('group', { name: 'work' }).waitFor();
  const picker = page.url();
  await page.goto(picker.replace(/calendars$/, '?server=other').replace('/?', '?'));
  assert.equal(await password.inputValue(), '');
  await page.goto(picker);
  await choose(page, 'work', 'Book here');
  await button(page, 'Save').click();
  await page.getByRole('heading', { name: 'Connected' }).waitFor();
  await read(ada.id);
  assert.equal(await accounts(ada.id), 'caldav active');
});

test('an account is connected again, with the reason and what is at stake', async () => {
  const ada = await broker();
  const first = await open('google', ada.id);
  await button(first, 'Continue to Google').click();
  await button(first, 'Allow').click();
  await button(first, 'Save').click();
  await read(ada.id);
  await bookBehind(ada.id, '2026-12-09T15:00:00Z');
  const account = await sql(`select id from calendar.accounts where broker_id = '${ada.id}'`);
  await refused(account);
  const page = await open('google', ada.id, { account });
  await page.getByRole('heading', { name: 'Connect your calendar again' }).waitFor();
  await reads(page, 'Why: the provider refused the credential.');
  await reads(page, '1 upcoming booking is kept up in this account.');
  await button(page, 'Continue to Google').click();
  await button(page, 'Allow').click();
  await page.getByRole('heading', { name: 'Choose calendars' }).waitFor();
  assert.equal(await accounts(ada.id), 'google active');
  assert.equal(await sql(`select id from calendar.accounts where broker_id = '${ada.id}'`), account);
});

test('a feed is connected again with another address, by keyboard alone', async () => {
  const ada = await broker();
  const calendar = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//example.com//test//EN', 'X-WR-CALNAME:Rota', 'BEGIN:VEVENT', 'UID:1@example.com', 'DTSTAMP:20261201T000000Z',
    'DTSTART:20261209T150000Z', 'DTEND:20261209T160000Z', 'SUMMARY:Shift', 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');
  const host = await site({ '/old.ics': calendar, '/new.ics': calendar });
  /** @param {Page} page @param {string} address */
  async function enter(page, address) {
    await press(page, 'Continue');
    await reach(page, page.getByLabel('Secret address in iCalendar format'));
    await page.keyboard.type(address);
    await press(page, 'Connect');
  }
  const first = await open('ics', ada.id);
  await enter(first, `${host}/old.ics`);
  await press(first, 'Save');
  await first.getByRole('heading', { name: 'Connected' }).waitFor();
  await read(ada.id);
  const account = await sql(`select id from calendar.accounts where broker_id = '${ada.id}'`);
  await refused(account);
  const page = await open('ics', ada.id, { account, back: `${app}/settings.html` });
  await page.getByRole('heading', { name: 'Connect your calendar again' }).waitFor();
  await reads(page, /your calendar would be read for someone else\.$/);
  await look(page, 'feed-reconnect');
  await press(page, 'Continue');
  await reads(page, 'Enter the address that your calendar has now.');
  assert.equal(await page.getByLabel('Secret address in iCalendar format').inputValue(), '');
  await look(page, 'feed-address');
  await reach(page, page.getByLabel('Secret address in iCalendar format'));
  await page.keyboard.type('rota of the shop');
  await press(page, 'Connect');
  await page.getByRole('alert').filter({ hasText: 'Enter an address that begins with https:// or webcal://.' }).waitFor();
  await look(page, 'feed-address-wrong');
  await reach(page, page.getByLabel('Secret address in iCalendar format'));
  await page.keyboard.type(`${host}/new.ics`);
  await press(page, 'Connect');
  await page.getByRole('heading', { name: 'Choose calendars' }).waitFor();
  assert.equal(await accounts(ada.id), 'ics active');
  assert.equal(await sql(`select id from calendar.accounts where broker_id = '${ada.id}'`), account);
});

test('every page, at 1280 and 320 px, light and dark', async () => {
  const ada = await broker();
  const page = await open('google', ada.id, { back: `${app}/settings.html` });
  await look(page, 'google');
  await button(page, 'Continue to Google').click();
  await page.getByLabel(/calendarlist/).uncheck();
  await button(page, 'Allow').click();
  await look(page, 'again');
  await button(page, 'Try again').click();
  await button(page, 'Allow').click();
  await look(page, 'calendars');
  for (const calendar of ['broker@example.com', 'second@group.calendar.google.com']) await choose(page, calendar, 'Book here');
  await button(page, 'Save').click();
  await reads(page, /^▲?\s*Bookings can be written to one calendar/);
  await look(page, 'calendars-wrong');
  const account = await sql(`select id from calendar.accounts where broker_id = '${ada.id}'`);
  await refused(account);
  await page.goto(await begin('google', ada.id, { account, back: `${app}/settings.html` }));
  await look(page, 'reconnect');
  // The browser is signed in as another person than the one whose account it was.
  await sql(`update calendar.accounts set settings = '{"calendar": "jo@example.com"}' where id = '${account}'`);
  await button(page, 'Continue to Google').click();
  await button(page, 'Allow').click();
  await page.getByRole('heading', { name: 'That is another account' }).waitFor();
  await look(page, 'another');
  for (const [provider, secret] of /** @type {[string, string][]} */ ([['caldav', 'App-specific password'], ['ghl', 'Private integration token'], ['ics', 'Secret address in iCalendar format']])) {
    await page.goto(await begin(provider, ada.id, { back: `${app}/settings.html` }));
    await button(page, 'Continue').click();
    await page.getByLabel(secret).waitFor();
    await look(page, provider);
  }
  await page.goto(await begin('caldav', ada.id));
  await button(page, 'Continue').click();
  await page.getByRole('link', { name: 'It is not iCloud, but another CalDAV server' }).click();
  await page.getByLabel('Address of the server').fill('127.0.0.1:1');
  await page.getByLabel('User name').fill('alice');
  await page.getByLabel('Password').fill('x');
  await button(page, 'Connect').click();
  await page.getByRole('alert').waitFor();
  await look(page, 'caldav-wrong');
  await page.goto(`${agent}connect/at/00000000-0000-0000-0000-000000000000`);
  await look(page, 'ended');
  const done = await open('microsoft', ada.id);
  await button(done, 'Continue to Microsoft').click();
  await button(done, 'Allow').click();
  await button(done, 'Save').click();
  await done.getByRole('heading', { name: 'Connected' }).waitFor();
  await look(done, 'done');
});
