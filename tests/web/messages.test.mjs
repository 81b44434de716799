// The tab "Messages" of a broker's own page, and the code that shows a booking page on a website.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { accessibleInBoth, API, button, byToken, meetingType, member, reads, signedIn, site, sql, WEB, window } from './world.mjs';

/** @param {{ token: string }} ada @param {import('playwright-core').BrowserContextOptions} [options] */
async function visit({ token }, options) {
  const page = await signedIn('connections.html', byToken(token), options);
  await page.getByRole('tab', { name: 'Messages' }).click();
  await button(page, 'Save messages').waitFor();
  await page.locator('[role="tabpanel"]:not([aria-busy])').waitFor();
  return page;
}

/** What of the settings is stored. @param {{ id: string }} ada */
const stored = async ({ id }) => JSON.parse(await sql(
  `select jsonb_build_array(business_phone, locale, invite_by, reminder_minutes, notify) from calendar.brokers where id = '${id}'`));

for (const width of [1280, 320]) {
  test(`screens at ${width} px, light and dark`, async () => {
    const ada = await member({ business_phone: '+15185550100', reminder_minutes: '{1440,120}' });
    await meetingType(ada, { name: 'Viewing' });
    const page = await visit(ada, { viewport: { width, height: 800 } });
    await accessibleInBoth(page, `messages-${width}`);
    await page.getByLabel('Phone for text messages').fill('call me');
    await page.getByLabel('Reminder 1: how long before').fill('');
    await button(page, 'Save messages').click();
    await reads(page, 'A phone number has 4 to 15 digits');
    await reads(page, 'A reminder is due from 10 minutes to 28 days before.');
    await accessibleInBoth(page, `messages-wrong-${width}`);
    page.once('dialog', (dialog) => dialog.accept());
    await page.getByRole('tab', { name: 'Meeting types' }).click();
    await button(page, 'Embed').click();
    await page.getByLabel('Code for your website').waitFor();
    await accessibleInBoth(page, `embed-${width}`);
  });
}

test('what is changed is stored, and nothing else', async () => {
  const ada = await member({ notify: { broker: { sms: ['unwritten'] } } });
  const page = await visit(ada);
  await page.getByLabel('Phone for text messages').fill('+1 (518) 555-0100');
  await page.getByLabel('Language').selectOption('fr');
  await page.getByLabel('Invitations').selectOption('Nobody');
  await button(page, 'Add a reminder').click();
  await page.getByLabel('Reminder 2: how long before').fill('90');
  await page.getByLabel('Reminder 2: days, hours or minutes').selectOption('minutes');
  const leads = page.getByRole('table', { name: 'What leads get' });
  await leads.getByRole('checkbox', { name: 'Reminder, SMS' }).check();
  await leads.getByRole('checkbox', { name: 'Cancelled, E-mail' }).uncheck();
  await page.getByLabel('Quiet from').fill('22:30');
  await reads(page, 'Not saved yet.');
  assert.deepEqual((await stored(ada))[0], null);
  await button(page, 'Save messages').click();
  await reads(page, 'Saved.');
  assert.equal(await page.getByRole('status').filter({ hasText: 'Saved.' }).count(), 1);
  assert.equal(await page.getByLabel('Phone for text messages').inputValue(), '+15185550100');
  assert.deepEqual(await stored(ada), ['+15185550100', 'fr', 'none', [1440, 90], {
    lead: { email: ['booked', 'requested', 'confirmed', 'declined', 'rescheduled', 'reminder', 'booking_failed'], sms: ['reminder'] },
    broker: { sms: ['unwritten'] }, quiet_from: '22:30', quiet_until: '08:00',
  }]);
  // What is changed elsewhere meanwhile is not undone by what is saved here.
  await sql(`update calendar.brokers set invite_by = 'email' where id = '${ada.id}'`);
  await button(page, 'Remove reminder 2').click();
  await button(page, 'Remove reminder 1').click();
  await reads(page, 'No reminders are sent.');
  await page.getByLabel('No text messages to leads at night').uncheck();
  await page.getByLabel('Quiet from').waitFor({ state: 'hidden' });
  await button(page, 'Save messages').click();
  await reads(page, 'Saved.');
  const [, , inviter, reminders, notify] = await stored(ada);
  assert.deepEqual([inviter, reminders, notify.quiet_from, notify.quiet_until], ['email', [], '00:00', '00:00']);
  await page.reload();
  await page.getByRole('tab', { name: 'Messages' }).click();
  await reads(page, 'No reminders are sent.');
  assert.ok(!await page.getByLabel('No text messages to leads at night').isChecked());
  assert.ok(await page.getByRole('checkbox', { name: 'Reminder, SMS' }).first().isChecked());
});

test('what is wrong is said where it is, and nothing is saved', async () => {
  const ada = await member();
  const page = await visit(ada);
  const before = await stored(ada);
  const phone = page.getByLabel('Phone for text messages');
  await phone.fill('call me');
  await button(page, 'Save messages').click();
  await reads(page, 'A phone number has 4 to 15 digits, such as +1 518 555 0100.');
  await phone.and(page.locator('[aria-invalid="true"]:focus')).waitFor();
  assert.match(`${await phone.evaluate((node) => node.getAttribute('aria-describedby'))}`, /business_phone-wrong/);
  await phone.fill('555 0100');
  await page.getByText('A phone number has').waitFor({ state: 'hidden' });
  const number = page.getByLabel('Reminder 1: how long before');
  for (const wrong of ['', '0', '1.5', '29']) {
    await number.fill(wrong);
    if (wrong === '1.5') await page.getByLabel('Reminder 1: days, hours or minutes').selectOption('minutes');
    if (wrong === '29') await page.getByLabel('Reminder 1: days, hours or minutes').selectOption('days');
    await button(page, 'Save messages').click();
    await reads(page, 'A reminder is due from 10 minutes to 28 days before.');
  }
  await number.fill('1');
  await button(page, 'Add a reminder').click();
  await page.getByLabel('Reminder 2: how long before').fill('24');
  await button(page, 'Save messages').click();
  await reads(page, 'Two reminders are due at the same time.');
  await button(page, 'Remove reminder 2').click();
  await page.getByLabel('Quiet until').fill('21:00');
  await button(page, 'Save messages').click();
  await reads(page, 'Quiet hours end at another time than they begin.');
  assert.deepEqual(await stored(ada), before);
  // What only the database refuses is said there, too.
  await page.getByLabel('Quiet until').fill('08:00');
  await page.route('**/rpc/set_message_settings', (route) => route.fulfill({
    status: 400, headers: { 'Access-Control-Allow-Origin': '*' },
    json: { code: '22023', message: 'settings: business_phone must be 4 to 15 digits, after a + or not, not "x"', details: null },
  }), { times: 1 });
  await button(page, 'Save messages').click();
  await reads(page, 'business_phone must be 4 to 15 digits');
  await phone.and(page.locator('[aria-invalid="true"]')).waitFor();
  await button(page, 'Save messages').click();
  await reads(page, 'Saved.');
  assert.equal((await stored(ada))[0], '5550100');
});

test('undo takes back, leaving asks, and a cut connection keeps what was typed', async () => {
  const ada = await member({ locale: 'fr-CA' });
  const page = await visit(ada);
  const phone = page.getByLabel('Phone for text messages');
  assert.equal(await page.getByLabel('Language').inputValue(), 'fr-CA');
  await phone.fill('555 0100');
  await page.getByRole('checkbox', { name: 'Booked, SMS' }).first().check();
  await button(page, 'Undo').click();
  await button(page, 'Save messages').and(page.locator(':focus')).waitFor();
  assert.equal(await phone.inputValue(), '');
  assert.ok(!await page.getByRole('checkbox', { name: 'Booked, SMS' }).first().isChecked());
  await phone.fill('555 0100');
  const asked = new Promise((resolve) => { page.once('dialog', async (dialog) => { await dialog.dismiss(); resolve(dialog.message()); }); });
  await page.getByRole('tab', { name: 'Bookings' }).click();
  assert.equal(await asked, 'What you changed is not saved. Leave it?');
  await page.route('**/rpc/set_message_settings', (route) => route.abort(), { times: 1 });
  await button(page, 'Save messages').click();
  await reads(page, 'No connection. Nothing was changed.');
  assert.equal(await phone.inputValue(), '555 0100');
  await button(page, 'Try again').click();
  await reads(page, 'Saved.');
  assert.deepEqual((await stored(ada)).slice(0, 2), ['5550100', 'fr-CA']);
});

test('the code to embed shows the booking page on another site', async () => {
  const ada = await member();
  await meetingType(ada, { name: 'Tea & <cake>' });
  const own = await signedIn('connections.html', byToken(ada.token));
  await own.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await own.getByRole('tab', { name: 'Meeting types' }).click();
  await button(own, 'Embed').click();
  const code = own.getByLabel('Code for your website');
  const inline = await code.inputValue();
  assert.match(inline, new RegExp(`^<script src="http://127.0.0.1:\\d+/embed.js" async></script>\n<div data-calendar-inline="${ada.page}/viewing"></div>$`));
  await button(own, 'Copy code').click();
  await reads(own, 'Copied.');
  assert.equal(await own.evaluate(() => navigator.clipboard.readText()), inline);
  await own.getByLabel('On a click').check();
  const popup = await code.inputValue();
  assert.match(popup, /<button data-calendar-booking="[^"]+">Book: Tea &amp; &lt;cake&gt;<\/button>$/);
  const elsewhere = await site({ '/in.html': `<!doctype html><title>Host</title>${inline}`, '/click.html': `<!doctype html><title>Host</title>${popup}` });
  const page = await window();
  await page.goto(`${elsewhere}/in.html`);
  await page.frameLocator('iframe').getByRole('heading', { name: 'Ada Brooks' }).waitFor();
  await page.goto(`${elsewhere}/click.html`);
  await button(page, 'Book: Tea & <cake>').click();
  await page.frameLocator('dialog iframe').getByRole('heading', { name: 'Ada Brooks' }).waitFor();
});

test('a type that visitors cannot see has no code', async () => {
  const ada = await member();
  await meetingType(ada, { name: 'Viewing', public_booking: false });
  const page = await signedIn('connections.html', byToken(ada.token));
  await page.getByRole('tab', { name: 'Meeting types' }).click();
  await button(page, 'Edit').waitFor();
  assert.equal(await button(page, 'Embed').count(), 0);
});

test('settings of another broker are neither shown nor changed', async () => {
  const [ada, eve] = [await member(), await member({ name: 'Eve', business_phone: '5550199' })];
  const page = await visit(ada);
  const answer = await page.evaluate(async ({ api, token, id }) => (await fetch(`${api}/rpc/set_message_settings`, {
    method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'Content-Profile': 'calendar' },
    body: JSON.stringify({ broker_id: id, settings: { locale: 'fr' } }),
  })).status, { api: API, token: ada.token, id: eve.id });
  assert.equal(answer, 403);
  assert.equal((await stored(eve))[1], null);
  assert.equal(await page.getByText('5550199').count(), 0);
});

test('every language has every word', async () => {
  /** @param {string} file @returns {Promise<Record<string, string>>} */
  const words = async (file) => (await import(pathToFileURL(join(WEB, 'words', file)).href)).default;
  for (const part of ['broker', 'console']) {
    const en = await words(`${part}-en.js`);
    for (const language of ['de', 'es', 'fr']) {
      const own = await words(`${part}-${language}.js`);
      assert.deepEqual(Object.keys(own).sort(), Object.keys(en).sort(), `${part}-${language}`);
      for (const key of Object.keys(en)) {
        const values = (/** @type {unknown} */ text) => [...new Set(JSON.stringify(text).match(/\{\w+\}/g))].sort().join();
        assert.equal(values(own[key]), values(en[key]), `${part}-${language}: ${key}`);
      }
    }
  }
  const ada = await member();
  for (const [locale, tab, title] of [['de-CH', 'Nachrichten', 'Was Kunden bekommen'], ['es-MX', 'Mensajes', 'Lo que reciben los clientes'],
    ['fr-CA', 'Messages', 'Ce que reçoivent les clients'], ['ar', 'Messages', 'What leads get']]) {
    const page = await signedIn('connections.html', byToken(ada.token), { locale });
    await page.getByRole('tab', { name: `${tab}` }).click();
    await page.getByRole('table', { name: `${title}` }).waitFor();
  }
});
