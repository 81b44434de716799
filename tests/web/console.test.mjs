// The console, as an operator whose JWT it is, and as a user who is none.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { focused, press, reach } from './keys.mjs';
import { accessibleAtBothWidths, accessibleInBoth, API, bookBehind, broker, button, byToken, jwt, operator, reads, signedIn, sql, NOW } from './world.mjs';

/** @param {{ token: string }} user @param {import('playwright-core').BrowserContextOptions} [options] */
const visit = ({ token }, options) => signedIn('console.html', byToken(token), options);

/** A broker with a calendar at a provider. @param {string} name @param {string} status */
async function calendar(name, status) {
  const made = await broker({ name, email: `${name.toLowerCase().replaceAll(' ', '.')}@example.com` });
  const account = await sql(`insert into calendar.accounts (broker_id, provider, display_name, settings, status, problem)
    values ('${made.id}', 'microsoft', 'Work', '{"user": "${made.page}"}', '${status}', ${status === 'active' ? 'null' : "'invalid_grant: the user changed the password'"}) returning id`);
  const id = await sql(`insert into calendar.calendars (broker_id, account_id, external_calendar_id, display_name, timezone, is_primary)
    values ('${made.id}', '${account}', 'main', 'Work', 'America/New_York', true) returning id`);
  await sql(`insert into calendar.sync_state (calendar_id, covered_until, last_success_at, last_attempt_at)
    values ('${id}', 'infinity', timestamptz '${NOW}' - interval '${status === 'active' ? '1 minute' : '2 days 3 hours'}', '${NOW}')`);
  return { ...made, account, calendar: id };
}

/** Where a broker's webhooks go. @param {{ page: string }} broker */
const host = ({ page }) => `${page}.example.com`;

/**
 * Of a broker: an endpoint that fails, messages in several states, and an alert.
 * @param {{ id: string, page: string }} broker
 * @param {string} key of the alert
 */
async function messages(broker, key) {
  const endpoint = await sql(`select calendar.add_webhook_endpoint('https://${host(broker)}/hooks/s3cret?key=t0ken', '${broker.id}', '{booked,cancelled}') ->> 'id'`);
  const booking = await sql(`select (calendar.book_calendar_slot('${broker.id}', '2026-12-10T15:00:00Z', lead_name => 'Lee Wong', lead_email => 'lee@private.example', lead_phone => '+15550177')).id`);
  await sql(`update calendar.notifications set state = 'failed', attempts = 9, last_error = 'the mail server refuses this agent'
    where booking_id = '${booking}' and channel = 'email' and recipient = 'lead' and kind = 'booked'`);
  await sql(`update calendar.notifications set state = 'sent', attempts = 1, sent_at = '${NOW}' where booking_id = '${booking}' and channel = 'email' and recipient = 'broker'`);
  await sql(`update calendar.notifications set attempts = 2, last_error = '500 Internal Server Error', next_attempt_at = timestamptz '${NOW}' + interval '5 minutes'
    where booking_id = '${booking}' and channel = 'webhook'`);
  await sql(`update calendar.webhook_endpoints set failing_since = timestamptz '${NOW}' - interval '2 hours', last_error = '500 Internal Server Error',
    last_success_at = timestamptz '${NOW}' - interval '3 hours' where id = '${endpoint}'`);
  await sql(`insert into calendar.alerts (key, problem, since, reports) values ('outbox:${key}', 'a booking has waited for 15 minutes', timestamptz '${NOW}' - interval '1 hour', 2)`);
  return endpoint;
}

/** @param {import('playwright-core').Page} page @param {string} name */
const tab = (page, name) => page.getByRole('tab', { name }).click();

for (const width of [1280, 320]) {
  test(`screens at ${width} px, light and dark`, async () => {
    const [adas, bos] = width === 1280 ? ['Ada Brooks', 'Bo Chen'] : [`Ada ${width}`, `Bo ${width}`];
    const ada = await calendar(adas, 'needs_reconnect');
    const bo = await calendar(bos, 'active');
    await bookBehind(ada.id, '2026-12-09T15:00:00Z');
    await sql(`insert into calendar.failure_logs (broker_id, calendar_id, operation, reason) values ('${bo.id}', '${bo.calendar}', 'push', '403: this calendar is read only now')`);
    const page = await visit(await operator(), { viewport: { width, height: 800 } });
    await reads(page, 'What is wrong');
    await reads(page, '▲ Sign in again');
    await reads(page, '2 d 3 h');
    await accessibleInBoth(page, `console-${width}`);
    await tab(page, 'Calendars');
    await button(page, bos).waitFor();
    await accessibleInBoth(page, `console-calendars-${width}`);
    await button(page, bos).click();
    await reads(page, 'What happened');
    await accessibleInBoth(page, `console-calendar-${width}`);
    await tab(page, 'Bookings to write');
    await reads(page, 'Write the booking of');
    await accessibleInBoth(page, `console-unwritten-${width}`);
    await tab(page, 'Failures');
    await reads(page, '403: this calendar is read only now');
    await accessibleInBoth(page, `console-failures-${width}`);
    await messages(bo, `${width}`);
    await tab(page, 'Messages');
    await reads(page, 'the mail server refuses');
    await accessibleInBoth(page, `console-messages-${width}`);
    await page.getByRole('row').filter({ hasText: bos }).getByRole('button', { name: 'Deliveries' }).click();
    await page.getByRole('heading', { name: `Deliveries to ${host(bo)}` }).waitFor();
    await accessibleInBoth(page, `console-deliveries-${width}`);
    await tab(page, 'Now');
    await reads(page, 'Alerts that are open');
    await accessibleInBoth(page, `console-alerts-${width}`);
    await sql(`update calendar.alerts set ended_at = '${NOW}' where true`);
    await tab(page, 'Agents');
    await reads(page, 'No agent was seen within a day.');
    await accessibleInBoth(page, `console-agents-${width}`);
  });
}

test('a user who is no operator sees nothing of others', async () => {
  await calendar('Eve Hidden', 'active');
  const page = await visit({ token: jwt(randomUUID()) });
  await reads(page, 'This account is not that of an operator.');
  assert.equal(await page.getByText('Eve').count(), 0);
});

test('messages: by state, by broker, and those to one address; no address of a person, no secret', async () => {
  const gil = await calendar('Gil Moss', 'active');
  await messages(gil, 'gil');
  const other = await calendar('Ivy Rand', 'active');
  await bookBehind(other.id, '2026-12-10T15:00:00Z');
  const page = await visit(await operator());
  await tab(page, 'Messages');
  const found = page.locator('section').last();
  await found.getByText('Ivy Rand').first().waitFor();
  await page.getByRole('searchbox').fill('gil.moss@');
  await found.getByText('Ivy Rand').first().waitFor({ state: 'detached' });
  await found.getByText('Gil Moss').first().waitFor();
  assert.equal(await page.getByRole('tab', { selected: true }).textContent(), 'Messages');
  await page.getByLabel('State', { exact: true }).selectOption('Failed');
  await page.locator('[role="tabpanel"]:not([aria-busy])').waitFor();
  await found.getByText('the mail server refuses this agent · 9 attempts').waitFor();
  assert.equal(await found.getByRole('row').count(), 2);
  await page.getByLabel('State', { exact: true }).selectOption('Sent');
  await found.getByText('● Sent').waitFor();
  await page.getByLabel('State', { exact: true }).selectOption('Being sent');
  await reads(page, 'No message is in this state.');
  await page.getByRole('row').filter({ hasText: host(gil) }).getByRole('button', { name: 'Deliveries' }).click();
  await page.getByRole('heading', { name: `Deliveries to ${host(gil)}` }).and(page.locator(':focus')).waitFor();
  await found.getByText(/^500 Internal Server Error · 2 attempts · next attempt in \d min$/).waitFor();
  assert.equal(await found.getByRole('row').count(), 2);
  await reads(page, '◆ Fails');
  await reads(page, 'a booking has waited for 15 minutes');
  await sql(`update calendar.alerts set ended_at = timestamptz '${NOW}' - interval '5 minutes' where key = 'outbox:gil'`);
  await button(page, 'All messages').click();
  await reads(page, 'over 5 min ago');
  const shown = await page.evaluate(() => document.querySelector('calendar-console')?.shadowRoot?.textContent ?? '');
  assert.match(shown, /Gil Moss/);
  for (const secret of ['s3cret', 't0ken', 'whsec_', 'private.example', '5550177', 'Lee Wong']) assert.ok(!shown.includes(secret), secret);
});

test('more than 20 alerts: how many there are, and all of them, by keyboard alone', async () => {
  await sql(`insert into calendar.alerts (key, problem, since, reports, ended_at)
    select 'many:' || n, 'many is wrong ' || n, timestamptz '${NOW}' - n * interval '1 minute', 1, case when n > 22 then timestamptz '${NOW}' end
      from generate_series(1, 25) as n`);
  const page = await visit(await operator());
  const rows = page.getByRole('row').filter({ hasText: 'is wrong' });
  for (const [name, which] of [['Now', 'where ended_at is null'], ['Messages', '']]) {
    const all = Number(await sql(`select count(*) from calendar.alerts ${which}`));
    await tab(page, name ?? '');
    await reads(page, `The first 20 of ${all}.`);
    const section = page.locator('section').filter({ has: page.getByRole('heading', { name: /^Alerts/ }) });
    assert.equal(await section.getByRole('row').count(), 21);
    if (name === 'Now') await accessibleAtBothWidths(page, 'console-20-alerts');
    await press(page, `Show all ${all}`);
    await section.getByRole('row').nth(all).waitFor();
    assert.equal(await section.getByRole('row').count(), all + 1);
    assert.equal(await rows.count(), name === 'Now' ? 22 : 25);
    await page.getByRole('heading', { name: /^Alerts/ }).and(page.locator(':focus')).waitFor();
    assert.equal(await button(page, /^Show all/).count(), 0);
    if (name === 'Now') await accessibleAtBothWidths(page, 'console-all-alerts');
  }
  await sql("delete from calendar.alerts where key like 'many:%'");
  await tab(page, 'Now');
  assert.equal(await page.getByText('The first 20 of').count(), 0);
});

test('a user who is no operator sees no messages, endpoints or alerts of others', async () => {
  const hal = await calendar('Hal Orr', 'active');
  await messages(hal, 'hal');
  const token = jwt(randomUUID());
  const page = await visit({ token });
  await reads(page, 'This account is not that of an operator.');
  for (const [path, status] of /** @type {[string, number][]} */ ([['rpc/list_notifications', 403], ['rpc/list_webhook_endpoints', 403], [`rpc/list_notifications?broker_id=${hal.id}`, 403],
    ['alerts?select=key', 200], ['notifications?select=id', 200], ['webhook_endpoints?select=id', 200]])) {
    const answer = await fetch(`${API}/${path}`, { headers: { Authorization: `Bearer ${token}`, 'Accept-Profile': 'calendar' } });
    assert.equal(answer.status, status, path);
    if (status === 200) assert.deepEqual(await answer.json(), [], path);
  }
  await sql("delete from calendar.alerts where key = 'outbox:hal'");
});

test('a failure is retried and another dismissed', async () => {
  const cy = await calendar('Cy Diaz', 'active');
  await sql(`insert into calendar.failure_logs (broker_id, calendar_id, operation, reason) select '${cy.id}', '${cy.calendar}', 'push', 'Cy failed ' || n from generate_series(1, 2) as n`);
  const page = await visit(await operator());
  await tab(page, 'Failures');
  const row = (/** @type {string} */ text) => page.getByRole('row').filter({ hasText: text });
  await row('Cy failed 1').getByRole('button', { name: 'Retry' }).click();
  await reads(page, 'Asked. It is tried again in a few seconds.');
  await row('Cy failed 1').waitFor({ state: 'detached' });
  await row('Cy failed 2').getByRole('button', { name: 'Dismiss' }).click();
  await reads(page, 'Dismissed.');
  await row('Cy failed 2').waitFor({ state: 'detached' });
  assert.equal(await sql(`select string_agg(resolution, ' ' order by id) from calendar.failure_logs where broker_id = '${cy.id}'`), 'retried dismissed');
});

test('a failure is retried and another dismissed, by keyboard alone: the focus goes to none of the others', async () => {
  const lia = await calendar('Lia Moe', 'active');
  await sql(`insert into calendar.failure_logs (broker_id, calendar_id, operation, reason) select '${lia.id}', '${lia.calendar}', 'push', 'Lia failed ' || n from generate_series(1, 3) as n`);
  const page = await visit(await operator());
  await reach(page, page.getByRole('tab', { name: 'Now' }));
  for (let tabs = 0; tabs < 3; tabs++) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  const row = (/** @type {string} */ text) => page.getByRole('row').filter({ hasText: text });
  for (const [verb, text, said] of [['Retry', 'Lia failed 1', 'Asked. It is tried again in a few seconds.'], ['Dismiss', 'Lia failed 2', 'Dismissed.']]) {
    await press(page, verb ?? '', row(text ?? ''));
    await reads(page, said ?? '');
    await row(text ?? '').waitFor({ state: 'detached' });
    assert.match(await focused(page), /^panel\|/);
  }
  assert.equal(await row('Lia failed 3').count(), 1);
  assert.equal(await row('Lia failed 3').getByText('At stake').count(), 0);
  assert.equal(await sql(`select string_agg(coalesce(resolution, 'open'), ' ' order by id) from calendar.failure_logs where broker_id = '${lia.id}'`), 'retried dismissed open');
});

test('a message that was not sent is retried, and another dismissed', async () => {
  const kim = await calendar('Kim Lund', 'active');
  await messages(kim, 'kim');
  await sql(`update calendar.notifications set state = 'failed', last_error = '500 Internal Server Error' where broker_id = '${kim.id}' and channel = 'webhook'`);
  await sql(`insert into calendar.failure_logs (broker_id, booking_id, notification_id, operation, reason)
    select broker_id, booking_id, id, 'message', last_error from calendar.notifications where broker_id = '${kim.id}' and state = 'failed'`);
  const page = await visit(await operator());
  await tab(page, 'Failures');
  const row = (/** @type {string} */ text) => page.getByRole('row').filter({ hasText: 'Kim Lund' }).filter({ hasText: text });
  await row('Booked · webhook').getByRole('button', { name: 'Retry' }).click();
  await reads(page, 'Asked. It is tried again in a few seconds.');
  await row('Booked · webhook').waitFor({ state: 'detached' });
  await row('Booked · e-mail').getByRole('button', { name: 'Dismiss' }).click();
  await reads(page, 'Dismissed.');
  await row('Booked · e-mail').waitFor({ state: 'detached' });
  assert.equal(await sql(`select string_agg(channel || ' ' || state, ', ' order by channel desc) from calendar.notifications
    where broker_id = '${kim.id}' and kind = 'booked' and recipient = 'lead' or broker_id = '${kim.id}' and channel = 'webhook'`), 'webhook due, email failed');
});

test('a message that has failed is retried where it is listed, too', async () => {
  const lu = await calendar('Lu Park', 'active');
  await messages(lu, 'lu');
  await sql(`insert into calendar.failure_logs (broker_id, booking_id, notification_id, operation, reason)
    select broker_id, booking_id, id, 'message', last_error from calendar.notifications where broker_id = '${lu.id}' and state = 'failed'`);
  const page = await visit(await operator());
  await tab(page, 'Messages');
  await page.getByRole('searchbox').fill('lu.park@');
  const found = page.locator('section').last();
  const retry = found.getByRole('button', { name: 'Retry' });
  const rows = found.getByRole('row').filter({ has: page.getByRole('button', { name: 'Retry' }) });
  await rows.filter({ hasText: 'Lu Park' }).filter({ hasText: 'the mail server refuses this agent' }).waitFor();
  // Those of others are shown until the search has been answered.
  await rows.filter({ hasNotText: 'Lu Park' }).first().waitFor({ state: 'detached' });
  assert.equal(await retry.count(), 1);
  await accessibleAtBothWidths(page, 'console-messages-retry');
  await page.getByLabel('State', { exact: true }).selectOption('Failed');
  await page.locator('[role="tabpanel"]:not([aria-busy])').waitFor();
  await retry.click();
  await reads(page, 'Asked. It is tried again in a few seconds.');
  await retry.waitFor({ state: 'detached' });
  await reads(page, 'No message is in this state.');
  assert.equal(await sql(`select state from calendar.notifications where broker_id = '${lu.id}' and channel = 'email' and recipient = 'lead' and kind = 'booked'`), 'due');
});

test('a calendar is found, read now, and says when that was asked a moment ago', async () => {
  const dan = await calendar('Dan Ek', 'active');
  const page = await visit(await operator());
  await page.getByRole('searchbox').fill('dan.ek@');
  const row = page.getByRole('row').filter({ hasText: 'Dan Ek' });
  await row.getByRole('button', { name: 'Try now' }).click();
  await reads(page, 'Asked. It takes a few seconds.');
  assert.equal(await sql(`select last_attempt_at is null from calendar.sync_state where calendar_id = '${dan.calendar}'`), 't');
  await row.getByRole('button', { name: 'Try now' }).click();
  await reads(page, 'It was asked a moment ago. Try again in 10 seconds.');
});

test('figures are read again without moving what is under the pointer', async () => {
  const fay = await calendar('Fay Oh', 'needs_reconnect');
  const page = await visit(await operator());
  const row = page.getByRole('row').filter({ hasText: 'Fay Oh' });
  await row.hover();
  await sql(`update calendar.accounts set status = 'active', problem = null where id = '${fay.account}'`);
  await sql(`update calendar.sync_state set last_success_at = '${NOW}' where calendar_id = '${fay.calendar}'`);
  await sql(`insert into calendar.failure_logs (broker_id, operation, reason) values ('${fay.id}', 'push', 'x')`);
  const figure = page.locator('.tile', { hasText: 'Failures today' }).locator('strong');
  const before = Number(await figure.textContent());
  await page.clock.runFor(10_000);
  await page.waitForFunction((was) => {
    const tiles = document.querySelector('calendar-console')?.shadowRoot?.querySelectorAll('.tile strong') ?? [];
    return Number(tiles[3]?.textContent) > was;
  }, before);
  assert.equal(await row.count(), 1);
  await page.getByRole('heading', { name: 'Console' }).hover();
  await page.clock.runFor(10_000);
  await row.waitFor({ state: 'detached' });
});

test('a thousand calendars: those with a problem first, and the others by search', async () => {
  await sql(`with b as (insert into calendar.brokers (name, timezone) select 'Many ' || lpad(n::text, 4, '0'), 'UTC' from generate_series(1, 1000) as n returning id, name),
    a as (insert into calendar.accounts (broker_id, provider, settings) select id, 'caldav', jsonb_build_object('n', name) from b returning id, broker_id),
    c as (insert into calendar.calendars (broker_id, account_id, external_calendar_id, timezone) select broker_id, id, 'main', 'UTC' from a returning id)
    insert into calendar.sync_state (calendar_id, covered_until, last_success_at, last_attempt_at, failures, problem)
    select id, 'infinity', '${NOW}', '${NOW}', case when row_number() over () <= 2 then 3 else 0 end, case when row_number() over () <= 2 then 'the server does not answer' end from c`);
  const page = await visit(await operator());
  await reads(page, 'the server does not answer');
  await tab(page, 'Calendars');
  await reads(page, 'The first 200. Search to see others.');
  await page.getByRole('searchbox').fill('many 0999');
  await button(page, 'Many 0999').waitFor();
  assert.equal(await page.getByRole('row').count(), 2);
  await sql("delete from calendar.brokers where name like 'Many %'");
});
