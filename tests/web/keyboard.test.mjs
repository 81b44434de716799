// A broker's own page and the console by keyboard alone: everything is reached by Tab, and what was done does not
// lose the focus.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { focused, press, reach } from './keys.mjs';
import { bookBehind, broker, button, byToken, meetingType, member, NOW, operator, reads, signedIn, sql } from './world.mjs';

/** @typedef {import('playwright-core').Page} Page @typedef {import('playwright-core').Locator} Locator */

const NAME = `Kay ${process.pid}`;

/** Opens a tab by the arrows. @param {Page} page @param {string} name */
async function open(page, name) {
  await reach(page, page.getByRole('tab', { selected: true }));
  for (let presses = 0; presses < 6; presses++) {
    if ((await focused(page)).endsWith(`|${name}`)) break;
    await page.keyboard.press('ArrowRight');
  }
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name, selected: true }).waitFor();
  await page.locator('[role="tabpanel"]:not([aria-busy])').waitFor();
}

/** @param {Page} page @param {Locator} locator @param {string} text */
async function type(page, locator, text) {
  await reach(page, locator);
  await page.keyboard.press('Control+a');
  await page.keyboard.type(text);
}

/** Nothing is under way, and the focus is on the page. @param {Page} page */
async function kept(page) {
  await page.locator('[role="tabpanel"]:not([aria-busy])').waitFor();
  await page.waitForTimeout(50);
  assert.notEqual(await focused(page), 'nothing');
}

test('a broker’s own page', async () => {
  const ada = await member({ requires_confirmation: true });
  for (const start of ['2026-12-09T14:30:00Z', '2026-12-09T15:30:00Z']) await bookBehind(ada.id, start);
  await meetingType(ada, { name: 'Viewing' });
  const account = await sql(`insert into calendar.accounts (broker_id, provider, display_name, settings) values ('${ada.id}', 'google', 'ada@example.com', '{}') returning id`);
  for (const [name, isFirst] of [['Work', true], ['Family', false]]) {
    await sql(`with made as (insert into calendar.calendars (broker_id, account_id, external_calendar_id, display_name, timezone, is_primary)
      values ('${ada.id}', '${account}', '${name}', '${name}', 'America/New_York', ${isFirst}) returning id)
      insert into calendar.sync_state (calendar_id, covered_until) select id, 'infinity' from made`);
  }
  const page = await signedIn('connections.html', byToken(ada.token));

  // What a calendar is for: arrows choose.
  const family = page.getByRole('radiogroup', { name: 'What Family is for' });
  await reach(page, family.getByLabel('Blocks time'));
  await page.keyboard.press('ArrowRight');
  await family.getByLabel('Ignored').and(page.locator(':checked')).waitFor();
  await kept(page);
  assert.equal(await sql(`select blocks_availability from calendar.calendars where broker_id = '${ada.id}' and display_name = 'Family'`), 'f');
  await press(page, 'Disconnect');
  await page.locator('strong:focus', { hasText: 'Disconnect ada@example.com?' }).waitFor();
  await press(page, 'Keep it');
  assert.match(await focused(page), /Disconnect$/);

  await open(page, 'Hours');
  await type(page, page.getByLabel('Monday, until'), '1200PM');
  await press(page, 'Add hours on Monday');
  await kept(page);
  await type(page, page.getByLabel('Monday, from').nth(1), '0100PM');
  await type(page, page.getByLabel('Monday, until').nth(1), '0400PM');
  await press(page, /^Remove 9:00 AM to 12:00 PM on Monday$/);
  await kept(page);
  assert.match(await focused(page), /Add hours on Monday/);
  await press(page, 'Copy to… Monday');
  await reach(page, page.getByRole('group', { name: 'Copy the hours of Monday to' }).getByLabel('Tuesday'));
  await page.keyboard.press('Space');
  await press(page, 'Copy');
  await kept(page);
  await press(page, 'Save hours');
  await reads(page, 'Saved.');
  await kept(page);
  assert.equal(await sql(`select string_agg(weekday || ' ' || start_local || '-' || end_local, ', ' order by weekday) from calendar.working_hours
    where broker_id = '${ada.id}' and weekday < 3`), '1 13:00:00-16:00:00, 2 13:00:00-16:00:00');

  await open(page, 'Days off');
  await reach(page, page.getByLabel('First day off'));
  await page.keyboard.type('12242026');
  await reach(page, page.getByLabel('Last day off'));
  await page.keyboard.type('12262026');
  await press(page, 'Add days off');
  await reads(page, /^December 24\s–\s26, closed$/);
  await kept(page);
  await press(page, /^Remove December 24/);
  await reads(page, 'No days off are planned.');
  await kept(page);

  await open(page, 'Meeting types');
  await press(page, 'Edit');
  await page.getByRole('heading', { name: 'Viewing' }).and(page.locator(':focus')).waitFor();
  await type(page, page.getByLabel('Name'), 'Visit');
  const isFocused = (/** @type {Locator} */ locator) => locator.and(page.locator(':focus')).waitFor();
  await press(page, 'Add');
  await isFocused(page.getByLabel('New length in minutes'));
  await page.keyboard.press('Escape');
  await isFocused(button(page, 'Add'));
  await page.keyboard.press('Enter');
  await page.keyboard.type('30');
  await page.keyboard.press('Enter');
  await reads(page, 'A length is 1 to 1,440 minutes, each listed once.');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('45');
  await page.keyboard.press('Enter');
  await isFocused(button(page, 'Add'));
  await press(page, 'Remove 30 min');
  await isFocused(button(page, 'Remove 45 min'));
  await press(page, 'Add a question');
  await isFocused(page.getByLabel('Question', { exact: true }));
  await page.keyboard.type('Where from?');
  const question = page.locator('summary', { hasText: '1. Where from? text' });
  await reach(page, question);
  await page.keyboard.press('Enter');
  await page.getByLabel('Question', { exact: true }).waitFor({ state: 'hidden' });
  await page.keyboard.press('Enter');
  await page.getByLabel('Question', { exact: true }).waitFor();
  await press(page, 'Add a question');
  await press(page, 'Remove', page.locator('details').filter({ hasText: '2. Question text' }));
  await isFocused(question);
  await reach(page, page.getByRole('link', { name: 'Preview' }));
  const [opened] = await Promise.all([page.context().waitForEvent('page'), page.keyboard.press('Enter')]);
  await opened.getByRole('heading', { name: 'Ada Brooks' }).waitFor();
  await opened.close();
  await reach(page, page.getByText('Own hours, buffers, notice, limits'));
  await page.keyboard.press('Enter');
  await type(page, page.getByLabel('Minutes after'), '15');
  await press(page, 'Save');
  await page.getByRole('heading', { name: 'Visit' }).waitFor();
  await kept(page);
  await press(page, 'Embed');
  await reach(page, page.getByLabel('In the page'));
  await page.keyboard.press('ArrowRight');
  await page.getByLabel('On a click').and(page.locator(':checked')).waitFor();
  await reach(page, page.getByLabel('Code for your website'));
  await reach(page, page.getByRole('button', { name: 'Copy code' }));
  assert.equal(await sql(`select name || ' ' || buffer_after_minutes || ' ' || durations::text || ' ' || jsonb_array_length(questions) from calendar.meeting_types where broker_id = '${ada.id}'`), 'Visit 15 {45} 1');

  await open(page, 'Bookings');
  const at = (/** @type {RegExp} */ name) => page.getByRole('article', { name });
  await press(page, 'Confirm', at(/^9:30 AM/));
  await at(/^9:30 AM/).getByText('Confirmed').waitFor();
  await kept(page);
  await press(page, 'Decline', at(/^10:30 AM/));
  await press(page, 'Decline booking', at(/^10:30 AM/));
  await at(/^10:30 AM/).waitFor({ state: 'detached' });
  await kept(page);
  await press(page, 'Move', at(/^9:30 AM/));
  await press(page, '2:00 PM', at(/^9:30 AM/));
  await at(/^2:00 PM/).waitFor();
  await kept(page);

  await open(page, 'Messages');
  await type(page, page.getByLabel('Phone for text messages'), '555 0100');
  await press(page, 'Add a reminder');
  await page.getByLabel('Reminder 2: how long before').and(page.locator(':focus')).waitFor();
  await page.keyboard.type('2');
  await press(page, 'Remove reminder 1');
  await kept(page);
  await reach(page, page.getByRole('checkbox', { name: 'Reminder, SMS' }));
  await page.keyboard.press('Space');
  await press(page, 'Save messages');
  await reads(page, 'Saved.');
  await kept(page);
  assert.equal(await sql(`select business_phone || ' ' || reminder_minutes::text || ' ' || (notify #>> '{lead,sms}') from calendar.brokers where id = '${ada.id}'`), '5550100 {120} ["reminder"]');
});

test('the console', async () => {
  const cy = await broker({ name: NAME, email: `kay${process.pid}@example.com` });
  const account = await sql(`insert into calendar.accounts (broker_id, provider, display_name, settings) values ('${cy.id}', 'microsoft', 'Work', '{"user": "kay${process.pid}"}') returning id`);
  const calendar = await sql(`insert into calendar.calendars (broker_id, account_id, external_calendar_id, display_name, timezone, is_primary)
    values ('${cy.id}', '${account}', 'main', 'Work', 'America/New_York', true) returning id`);
  await sql(`insert into calendar.sync_state (calendar_id, covered_until, last_success_at, last_attempt_at) values ('${calendar}', 'infinity', '${NOW}', '${NOW}')`);
  await sql(`insert into calendar.failure_logs (broker_id, calendar_id, operation, reason) select '${cy.id}', '${calendar}', 'push', '${NAME} failed ' || n from generate_series(1, 2) as n`);
  const page = await signedIn('console.html', byToken((await operator()).token));
  await page.getByRole('heading', { name: 'What is wrong' }).waitFor();
  const row = (/** @type {string} */ text) => page.getByRole('row').filter({ hasText: text });
  await open(page, 'Failures');
  await press(page, 'Retry', row(`${NAME} failed 1`));
  await row(`${NAME} failed 1`).waitFor({ state: 'detached' });
  await kept(page);
  await press(page, 'Dismiss', row(`${NAME} failed 2`));
  await row(`${NAME} failed 2`).waitFor({ state: 'detached' });
  await kept(page);
  await reach(page, page.getByRole('searchbox'));
  await page.keyboard.type(`kay${process.pid}@`);
  await row(NAME).waitFor();
  await page.getByRole('row').nth(2).waitFor({ state: 'detached' });
  assert.ok(await page.getByRole('searchbox').evaluate((node) => node === /** @type {ShadowRoot} */ (node.getRootNode()).activeElement), 'the search lost the focus');
  await press(page, NAME);
  await page.getByRole('heading', { name: `${NAME} · Work` }).and(page.locator(':focus')).waitFor();
  await press(page, 'Try now');
  await reads(page, 'Asked. It takes a few seconds.');
  await kept(page);
  await press(page, 'All calendars');
  await row(NAME).waitFor();
  await kept(page);
  await sql(`select calendar.add_webhook_endpoint('https://${cy.page}.example.com/', '${cy.id}')`);
  await open(page, 'Messages');
  await reach(page, page.getByLabel('State', { exact: true }));
  await page.keyboard.type('F');
  await kept(page);
  await press(page, 'Deliveries', row(`${cy.page}.example.com`));
  await page.getByRole('heading', { name: `Deliveries to ${cy.page}.example.com` }).and(page.locator(':focus')).waitFor();
  await press(page, 'All messages');
  await kept(page);
});
