// A broker's own page: calendars, hours and bookings, as the user whose JWT it is.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { accessibleInBoth, NOW, bookBehind, button, byToken, jwt, meetingType, member, reads, signedIn, site, sql } from './world.mjs';

/** An account with a calendar for each name, the first one primary. @param {string} id @param {string} status @param {string[]} names */
async function account(id, status, names) {
  const made = await sql(`select calendar_sync.connect_account('${id}', 'google', display_name => 'ada@example.com')`).catch(() => '')
    || await sql(`insert into calendar.accounts (broker_id, provider, display_name, settings) values ('${id}', 'google', 'ada@example.com', '{}') returning id`);
  for (const [at, name] of names.entries()) {
    await sql(`insert into calendar.calendars (broker_id, account_id, external_calendar_id, display_name, timezone, is_primary)
      values ('${id}', '${made}', '${name}', '${name}', 'America/New_York', ${at === 0})`);
  }
  await sql(`update calendar.accounts set status = '${status}' where id = '${made}'`);
  return made;
}

/** @param {{ token: string }} ada @param {import('playwright-core').BrowserContextOptions} [options] */
const visit = ({ token }, options) => signedIn('connections.html', byToken(token), options);

/** Until what was done is done. @param {import('playwright-core').Page} page */
const settled = (page) => page.locator('[role="tabpanel"]:not([aria-busy])').waitFor();

/** @param {import('playwright-core').Page} page @param {string} name */
const tab = (page, name) => page.getByRole('tab', { name }).click();

for (const width of [1280, 320]) {
  test(`screens at ${width} px, light and dark`, async () => {
    const ada = await member();
    await meetingType(ada, { name: 'Viewing' });
    await bookBehind(ada.id, '2026-12-04T19:00:00Z');
    await sql(`select calendar.book_calendar_slot('${ada.id}', '2026-12-04T21:30:00Z', lead_name => 'Priya Nair', title => 'Viewing, 12 Elm Street')`);
    await sql(`select calendar.book_calendar_slot('${ada.id}', '2026-12-09T14:30:00Z', lead_name => 'Lee Wong', lead_email => 'lee@example.com', lead_timezone => 'America/Halifax', meeting_type => 'viewing')`);
    await sql(`update calendar.bookings set status = 'pending' where broker_id = '${ada.id}' and lead_name = 'Lee Wong'`);
    await sql(`update calendar.meeting_types set durations = '{30,60}', location_kind = 'in_person', location = '4 Oak Lane, Albany', requires_confirmation = true,
      questions = '[{"name": "people", "label": "How many people come?", "kind": "choice", "required": true, "choices": ["1", "2", "3"]}]' where broker_id = '${ada.id}'`);
    await meetingType(ada, { slug: 'signing', name: 'Contract signing', durations: '{90}', location_kind: 'in_person', public_booking: false, position: 1 });
    await sql(`update calendar.bookings set problem = 'The provider refused it.' where broker_id = '${ada.id}' and lead_name = 'Priya Nair'`);
    await account(ada.id, 'needs_reconnect', ['Work', 'Family']);
    const page = await visit(ada, { viewport: { width, height: 800 } });
    await reads(page, 'Google no longer accepts this sign-in.');
    await accessibleInBoth(page, `connections-${width}`);
    await button(page, 'Disconnect').click();
    await reads(page, 'Disconnect ada@example.com?');
    await accessibleInBoth(page, `disconnect-${width}`);
    await tab(page, 'Hours');
    await page.getByRole('button', { name: 'Add hours on Monday' }).click();
    await page.getByRole('button', { name: 'Copy to… Monday' }).click();
    await accessibleInBoth(page, `hours-${width}`);
    page.once('dialog', (dialog) => dialog.accept());
    await tab(page, 'Days off');
    await page.getByLabel('First day off').fill('2026-12-24');
    await page.getByLabel('Last day off').fill('2026-12-26');
    await button(page, 'Add days off').click();
    await reads(page, /^December 24\s–\s26, closed$/);
    await accessibleInBoth(page, `days-off-${width}`);
    await tab(page, 'Meeting types');
    await page.getByRole('region', { name: 'Viewing' }).getByRole('button', { name: 'Edit' }).click();
    await accessibleInBoth(page, `types-broker-${width}`);
    await page.locator('summary', { hasText: 'How many people come?' }).click();
    await button(page, 'Add').click();
    await page.getByLabel('New length in minutes').fill('30');
    await page.keyboard.press('Enter');
    await button(page, 'Add a question').click();
    await page.getByText('Own hours, buffers, notice, limits').click();
    await accessibleInBoth(page, `types-broker-open-${width}`);
    page.once('dialog', (dialog) => dialog.accept());
    await tab(page, 'Bookings');
    await reads(page, 'Else');
    await accessibleInBoth(page, `bookings-${width}`);
  });
}

test('hours: copied to all days, an overlap is said at its field, and nothing is saved before "Save hours"', async () => {
  const ada = await member();
  const page = await visit(ada);
  await tab(page, 'Hours');
  await page.getByLabel('Monday, until').fill('12:00');
  await page.getByRole('button', { name: 'Add hours on Monday' }).click();
  await page.getByLabel('Monday, from').nth(1).fill('11:00');
  await page.getByLabel('Monday, until').nth(1).fill('16:00');
  await page.getByLabel('Monday, until').nth(1).press('Tab');
  await reads(page, 'These hours overlap 9:00 AM to 12:00 PM.');
  await button(page, 'Save hours').click();
  assert.equal(await sql(`select count(*) from calendar.working_hours where broker_id = '${ada.id}'`), '0');
  await page.getByLabel('Monday, from').nth(1).fill('13:00');
  await page.getByLabel('Monday, from').nth(1).press('Tab');
  await page.getByRole('button', { name: 'Copy to… Monday' }).click();
  await page.getByLabel('All days').check();
  await button(page, 'Copy').click();
  await page.getByRole('group', { name: 'Sunday' }).getByRole('checkbox').uncheck();
  await button(page, 'Save hours').click();
  await reads(page, 'Saved.');
  assert.equal(await sql(`select string_agg(weekday || ' ' || start_local || '-' || end_local, ', ' order by weekday, start_local) from calendar.working_hours where broker_id = '${ada.id}'`),
    [1, 2, 3, 4, 5, 6].flatMap((day) => [`${day} 09:00:00-12:00:00`, `${day} 13:00:00-16:00:00`]).join(', '));
  await page.reload();
  await tab(page, 'Hours');
  assert.equal(await page.getByLabel('Saturday, until').nth(1).inputValue(), '16:00');
});

test('days off: added by two dates in the broker’s zone, and removed', async () => {
  const ada = await member({ timezone: 'Asia/Tokyo' });
  await sql(`insert into calendar.availability_overrides (broker_id, kind, starts_at, ends_at) values ('${ada.id}', 'block', '2026-12-31T00:00Z', '2026-12-31T03:00Z')`);
  const page = await visit(ada);
  await tab(page, 'Days off');
  await reads(page, 'December 31, 9:00');
  await page.getByLabel('First day off').fill('2026-12-26');
  await page.getByLabel('Last day off').fill('2026-12-24');
  await button(page, 'Add days off').click();
  await reads(page, 'The last day is before the first.');
  await page.getByLabel('First day off').fill('2026-12-24');
  await page.getByLabel('Last day off').fill('2026-12-26');
  await button(page, 'Add days off').click();
  await reads(page, /^December 24\s–\s26, closed$/);
  const stored = () => sql(`select string_agg(starts_at at time zone 'UTC' || ' ' || (ends_at at time zone 'UTC'), ', ' order by starts_at) from calendar.availability_overrides where broker_id = '${ada.id}'`);
  assert.equal(await stored(), '2026-12-23 15:00:00 2026-12-26 15:00:00, 2026-12-31 00:00:00 2026-12-31 03:00:00');
  await page.getByRole('button', { name: 'Remove December 31' }).click();
  await page.getByText('December 31').first().waitFor({ state: 'detached' });
  assert.equal(await stored(), '2026-12-23 15:00:00 2026-12-26 15:00:00');
});

test('hours: buffers and limits are saved with them', async () => {
  const ada = await member();
  const page = await visit(ada);
  await tab(page, 'Hours');
  await page.getByLabel('Minutes before').focus();
  await page.keyboard.press('Tab');
  await page.keyboard.type('10');
  await page.keyboard.press('Tab');
  await page.getByLabel('Minutes of notice').and(page.locator(':focus')).waitFor();
  await page.waitForTimeout(100);
  await page.keyboard.press('Tab');
  await page.keyboard.type('4');
  await page.getByLabel('Bookings a day').press('Tab');
  await button(page, 'Save hours').click();
  await reads(page, 'Saved.');
  assert.equal(await sql(`select buffer_after_minutes || ' ' || max_bookings_per_day from calendar.brokers where id = '${ada.id}'`), '10 4');
});

test('meeting types: made, changed, and deleted after one question', async () => {
  const ada = await member();
  const page = await visit(ada);
  await tab(page, 'Meeting types');
  await button(page, 'New meeting type').click();
  await page.getByLabel('Name').fill('Viewing');
  await page.getByLabel('Link', { exact: true }).fill('Not a link');
  await button(page, 'Add').click();
  await page.getByLabel('New length in minutes').fill('60');
  await page.getByLabel('Where').selectOption('in_person');
  await page.getByLabel('Place, number or link').fill('4 Oak Lane, Albany');
  await button(page, 'Add a question').click();
  await page.getByLabel('Question', { exact: true }).fill('How many people come?');
  await page.getByLabel('Kind of answer').selectOption('choice');
  await page.getByLabel('Choices, with commas').fill('1, 2, 3');
  await page.getByLabel('I confirm each booking').check();
  await button(page, 'Save').click();
  await reads(page, 'That did not work:');
  assert.equal(await page.getByLabel('Name').inputValue(), 'Viewing');
  await page.getByLabel('Link', { exact: true }).fill('viewing');
  await page.getByText('Own hours, buffers, notice, limits').click();
  await page.getByLabel('Minutes after').fill('15');
  await button(page, 'Save').click();
  await reads(page, '30 or 60 min · in person, 4 Oak Lane, Albany · 1 question · you confirm');
  assert.deepEqual(JSON.parse(await sql(`select json_build_array(slug, durations, questions, requires_confirmation, buffer_after_minutes, minimum_notice_minutes, is_active) from calendar.meeting_types where broker_id = '${ada.id}'`)),
    ['viewing', [30, 60], [{ name: 'how-many-people-come', label: 'How many people come?', kind: 'choice', required: false, choices: ['1', '2', '3'] }], true, 15, null, true]);
  await button(page, 'Edit').click();
  await reads(page, /^127[.]0[.]0[.]1:\d+.booking.html.page=.*[/]$/);
  await page.locator('summary', { hasText: '1. How many people come? choice' }).waitFor();
  assert.equal(await page.getByLabel('Question', { exact: true }).isVisible(), false);
  await page.getByLabel('Name').fill('Visit');
  await button(page, 'Save').click();
  await page.getByRole('heading', { name: 'Visit' }).waitFor();
  await button(page, 'Edit').click();
  await button(page, 'Delete').click();
  await button(page, 'Delete meeting type').click();
  await page.getByRole('heading', { name: 'Visit' }).first().waitFor({ state: 'detached' });
  assert.equal(await sql(`select count(*) from calendar.meeting_types where broker_id = '${ada.id}'`), '0');
});

test('meeting types: hours of their own, and a preview one click away', async () => {
  const ada = await member();
  await meetingType(ada, { name: 'Signing' });
  const page = await visit(ada);
  await tab(page, 'Meeting types');
  await button(page, 'Edit').click();
  await page.getByText('Own hours, buffers, notice, limits').click();
  await page.getByLabel('Own hours', { exact: true }).check();
  for (const day of ['Monday', 'Wednesday', 'Friday']) await page.getByRole('group', { name: day }).getByRole('checkbox').uncheck();
  await page.getByLabel('Thursday, until').fill('08:00');
  await button(page, 'Save').click();
  await reads(page, 'The end is not after the start.');
  await page.getByLabel('Thursday, until').fill('12:00');
  await page.getByLabel('Thursday, until').press('Tab');
  await button(page, 'Save').click();
  await reads(page, /own hours: Tuesday, Thursday$/);
  const hours = () => sql(`select string_agg(w.weekday || ' ' || w.start_local || '-' || w.end_local, ', ' order by w.weekday)
    from calendar.working_hours as w where w.broker_id = '${ada.id}' and w.meeting_type_id is not null`);
  assert.equal(await hours(), '2 09:00:00-17:00:00, 4 09:00:00-12:00:00');
  await button(page, 'Edit').click();
  const preview = page.getByRole('link', { name: 'Preview' });
  assert.match(`${await preview.getAttribute('href')}`, new RegExp(`/booking.html\\?page=${ada.page}/viewing$`));
  const [opened] = await Promise.all([page.context().waitForEvent('page'), preview.click()]);
  await opened.getByRole('heading', { name: 'Ada Brooks' }).waitFor();
  await opened.close();
  await page.getByLabel('Own hours', { exact: true }).uncheck();
  await button(page, 'Save').click();
  await reads(page, 'Saved.');
  assert.equal(await hours(), '');
});

test('hours: leaving with changes asks', async () => {
  const ada = await member();
  const page = await visit(ada);
  await tab(page, 'Hours');
  await page.getByRole('group', { name: 'Friday' }).getByRole('checkbox').uncheck();
  const asked = new Promise((resolve) => { page.once('dialog', async (dialog) => { await dialog.dismiss(); resolve(dialog.message()); }); });
  await tab(page, 'Bookings');
  assert.equal(await asked, 'What you changed is not saved. Leave it?');
  await button(page, 'Undo').click();
  assert.ok(await page.getByRole('group', { name: 'Friday' }).getByRole('checkbox').isChecked());
});

test('bookings: confirmed, declined, moved, cancelled, did not come', async () => {
  const ada = await member({ requires_confirmation: true });
  for (const start of ['2026-12-09T14:30:00Z', '2026-12-09T15:30:00Z']) await bookBehind(ada.id, start);
  await sql(`update calendar.brokers set requires_confirmation = false where id = '${ada.id}'`);
  await sql(`select calendar.book_calendar_slot('${ada.id}', '2026-12-04T15:00:00Z', lead_name => 'Now')`);
  const page = await visit(ada);
  await tab(page, 'Bookings');
  const at = (/** @type {RegExp} */ name) => page.getByRole('article', { name });
  await at(/^9:30 AM/).getByRole('button', { name: 'Confirm' }).click();
  await at(/^9:30 AM/).getByText('Confirmed').waitFor();
  await at(/^10:30 AM/).getByRole('button', { name: 'Decline' }).click();
  await at(/^10:30 AM/).getByRole('button', { name: 'Decline booking' }).click();
  await at(/^10:30 AM/).waitFor({ state: 'detached' });
  await at(/^9:30 AM/).getByRole('button', { name: 'Move' }).click();
  await at(/^9:30 AM/).getByRole('button', { name: '2:00 PM' }).first().click();
  await at(/^(12:00|2:00) PM/).first().waitFor();
  await at(/^(12:00|2:00) PM/).first().getByRole('button', { name: 'Cancel' }).click();
  await button(page, 'Cancel booking').click();
  await at(/^(12:00|2:00) PM/).waitFor({ state: 'detached' });
  await at(/^10:00 AM, Now/).getByRole('button', { name: 'Did not come' }).click();
  await at(/^10:00 AM, Now/).waitFor({ state: 'detached' });
  assert.equal(await sql(`select string_agg(status, ', ' order by status) from calendar.bookings where broker_id = '${ada.id}'`), 'cancelled, cancelled, no_show');
});

test('calendars: what one is for, and disconnecting after one question', async () => {
  const ada = await member();
  const id = await account(ada.id, 'active', ['Work', 'Family']);
  const page = await visit(ada);
  await page.getByRole('radiogroup', { name: 'What Family is for' }).getByText('Ignored').click();
  await page.getByRole('radiogroup', { name: 'What Family is for' }).getByLabel('Ignored').and(page.locator(':checked')).waitFor();
  await settled(page);
  assert.equal(await sql(`select blocks_availability from calendar.calendars where display_name = 'Family' and broker_id = '${ada.id}'`), 'f');
  await page.getByRole('radiogroup', { name: 'What Family is for' }).getByText('Book here').click();
  await page.getByRole('radiogroup', { name: 'What Work is for' }).getByLabel('Blocks time').and(page.locator(':checked')).waitFor();
  await settled(page);
  assert.equal(await sql(`select display_name from calendar.calendars where is_primary and broker_id = '${ada.id}'`), 'Family');
  await button(page, 'Sync now').click();
  await reads(page, 'Asked. It takes a few seconds.');
  await button(page, 'Disconnect').click();
  await button(page, 'Keep it').click();
  await button(page, 'Disconnect').click();
  await button(page, 'Disconnect').nth(1).click();
  await reads(page, 'No calendar is connected yet.');
  assert.equal(await sql(`select status from calendar.accounts where id = '${id}'`), 'disconnected');
});

test('a user who is no broker sees nothing of others', async () => {
  await member();
  const page = await visit({ token: jwt(randomUUID()) });
  await reads(page, 'This account is not that of a broker.');
});

test('connecting leads to the agent, which leads back where this origin is listed', async () => {
  const ada = await member();
  const agent = await site({});
  await sql(`insert into calendar.agents (id, version, public_url, last_seen_at) values (gen_random_uuid(), '1', '${agent}/', '${NOW}')`);
  const page = await visit(ada);
  await page.route(`${agent}/connect/*`, (route) => route.fulfill({ body: 'The agent asks whose calendar it is.' }));
  const begun = () => sql(`select coalesce(return_to, 'none') from calendar.connections_begun where broker_id = '${ada.id}' order by expires_at desc limit 1`);
  await button(page, 'Google').click();
  await page.waitForURL(`${agent}/connect/*`);
  assert.equal(await begun(), 'none');
  await page.goBack();
  const origin = new URL(page.url()).origin;
  await sql(`insert into calendar.page_origins (origin) values ('${origin}'); delete from calendar.connections_begun where broker_id = '${ada.id}'`);
  await button(page, 'iCloud or CalDAV').click();
  await page.waitForURL(`${agent}/connect/*`);
  assert.equal(await begun(), `${origin}/connections.html`);
  await sql('delete from calendar.agents where true');
});

test('four languages, by the browser', async () => {
  const ada = await member();
  await account(ada.id, 'needs_reconnect', ['Work']);
  for (const [locale, sentence, hours] of [
    ['de-CH', 'Google nimmt diese Anmeldung nicht mehr an.', 'Zeiten'],
    ['es-MX', 'Google ya no acepta este inicio de sesión.', 'Horario'],
    ['fr-CA', 'Google n’accepte plus cette connexion.', 'Horaires'],
    ['ar', 'Google no longer accepts this sign-in.', 'Hours'],
  ]) {
    const page = await visit(ada, { locale });
    await reads(page, `${sentence}`);
    await tab(page, `${hours}`);
    await page.getByRole('checkbox').first().waitFor();
  }
});
