// Zones and languages: every time with its zone, in the visitor's way of writing it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VIEWING, accessible, bookings, broker, button, day, fillIn, hours, meetingType, openForm, reads, sql, visit } from './world.mjs';

/** @param {import('playwright-core').Page} page */
const root = (page) => page.locator('calendar-booking .root');

test('a visitor in Kathmandu', async () => {
  const ada = await broker();
  const page = await visit(ada.page, { timezoneId: 'Asia/Kathmandu' });
  // 9:00 to 16:30 in New York are 19:45 to 3:15 there, on two days.
  await day(page, /December 9,/).click();
  assert.equal(await page.locator('select').evaluate((list) => /** @type {HTMLSelectElement} */ (list).selectedOptions[0].textContent), 'Kathmandu · UTC+5:45');
  await button(page, '7:45 PM, Wednesday, December 9').click();
  await reads(page, /Kathmandu, UTC\+5:45/);
  await reads(page, '9:00 AM for Ada in New York');
  await fillIn(page);
  await button(page, 'Book this time').click();
  await reads(page, 'Booked.');
  const [booking] = await bookings(ada.id);
  assert.equal(new Date(booking.slot_start).toISOString(), '2026-12-09T14:00:00.000Z');
  assert.match(booking.lead_timezone, /^Asia\/Kat(h)?mandu$/);
});

test('a visitor in Auckland, a broker in New York: the day differs, and both are said', async () => {
  const ada = await broker();
  const page = await visit(ada.page, { timezoneId: 'Pacific/Auckland', locale: 'en-NZ' });
  await day(page, /Thursday,? 10 December,/).click();
  await button(page, /^3:00\sam, Thursday/).click();
  await reads(page, /9:00 am for Ada in New York|Wednesday,? 9 December, 9:00\sam for Ada in New York/);
  await fillIn(page);
  await button(page, 'Book this time').click();
  await reads(page, /Thursday,? 10 December 2026/);
  assert.equal(new Date((await bookings(ada.id))[0].slot_start).toISOString(), '2026-12-09T14:00:00.000Z');
});

test('another zone is chosen: days, times and the booking follow', async () => {
  const ada = await broker();
  const page = await visit(ada.page);
  await button(page, '9:30 AM, Friday, December 4').or(button(page, '10:00 AM, Friday, December 4')).first().waitFor();
  await page.getByLabel('Times in').focus();
  await page.getByLabel('Times in').selectOption('Asia/Tokyo');
  await day(page, /December 10,/).click();
  await button(page, '12:00 AM, Thursday, December 10').click();
  await reads(page, /Tokyo, UTC\+9/);
  await fillIn(page);
  await button(page, 'Book this time').click();
  await reads(page, 'Booked.');
  const [booking] = await bookings(ada.id);
  assert.deepEqual([booking.lead_timezone, new Date(booking.slot_start).toISOString()], ['Asia/Tokyo', '2026-12-09T15:00:00.000Z']);
});

test('a type that happens at a place has the zone of the place', async () => {
  const ada = await broker();
  const page = await visit(await meetingType(ada, { ...VIEWING, lock_timezone: true }), { timezoneId: 'Asia/Tokyo' });
  await reads(page, 'Times in New York · EST, UTC−5');
  assert.equal(await page.getByLabel('Times in').count(), 0);
  await openForm(page);
});

test('fr-CA: its words, its 24 hours, its week', async () => {
  const ada = await broker();
  const page = await visit(await meetingType(ada, VIEWING), { locale: 'fr-CA' });
  await day(page, /mercredi 9 décembre, 16 horaires libres/).click();
  assert.deepEqual((await page.locator('th').allTextContents()).map((name) => name.slice(0, 3)), ['dim', 'lun', 'mar', 'mer', 'jeu', 'ven', 'sam']);
  await button(page, /^14\sh\s30, mercredi 9 décembre/).click();
  await reads(page, 'Vos coordonnées');
  await page.getByLabel('Nom').fill('Jo');
  await page.getByLabel('E-mail').fill('jo@example.com');
  await page.getByLabel('How many people come?').selectOption('1');
  await button(page, 'Réserver cet horaire').click();
  await reads(page, 'Réservé.');
  await accessible(page, 'fr-CA-done');
  assert.equal((await bookings(ada.id))[0].lead_locale, 'fr-CA');
});

test('de and es have all words, and weeks that begin on Monday', async () => {
  const ada = await broker();
  for (const [lang, booked, book, when] of [['de', 'Gebucht.', 'Diesen Termin buchen', /^14:30, Mittwoch/], ['es', 'Reservado.', 'Reservar esta hora', /^15:30, miércoles/]]) {
    const page = await visit(ada.page, { locale: 'en-US' }, `&lang=${lang}`);
    assert.match(await page.locator('th').first().getAttribute('abbr') ?? '', /Montag|lunes/);
    await day(page, /\b9\b.*(Termine|horas) /).click();
    await button(page, /** @type {RegExp} */ (when)).click();
    await page.getByLabel(/Name|Nombre/).fill('Jo');
    await page.getByLabel(/E-Mail|Correo/).fill('jo@example.com');
    await button(page, /** @type {string} */ (book)).click();
    await reads(page, /** @type {string} */ (booked));
  }
});

test('ar: right to left, the arrows too', async () => {
  const ada = await broker();
  const page = await visit(ada.page, { locale: 'ar' });
  assert.equal(await root(page).getAttribute('dir'), 'rtl');
  assert.equal(await root(page).getAttribute('lang'), 'ar');
  const boxes = await page.locator('tbody tr').nth(1).locator('td').evaluateAll((cells) => cells.map((cell) => cell.getBoundingClientRect().x));
  assert.ok(boxes[0] > boxes[6]);
  // Shown as ‹: browsers mirror it (Bidi_Mirrored in Unicode).
  assert.equal(await button(page, 'Next month').textContent(), '›');
  await page.locator('[data-day="2026-12-09"]').click();
  await page.locator('[data-day="2026-12-09"]').focus();
  await page.keyboard.press('ArrowLeft');
  assert.equal(await page.evaluate(() => document.querySelector('calendar-booking')?.shadowRoot?.activeElement?.getAttribute('data-day')), '2026-12-10');
  await accessible(page, 'ar-booking');
  await page.setViewportSize({ width: 320, height: 640 });
  await accessible(page, 'ar-booking-320');
});

test('the clock goes back: the hour that comes twice is two times, and each says its offset', async () => {
  const ada = await broker({ timezone: 'UTC', booking_horizon_days: 400 });
  await hours(ada.id, '{7}', '04:00', '08:00');
  // New York, 2027-11-07: 1:00 to 2:00 comes twice, as EDT and EST.
  const page = await visit(ada.page);
  await page.evaluate(() => { /** @type {any} */ (document.querySelector('calendar-booking')).screen.goToDay('2027-11-07'); });
  await button(page, /^1:00 AM EDT/).waitFor();
  assert.deepEqual(await page.locator('.slot').allTextContents(),
    ['12:00 AM', '12:30 AM', '1:00 AM EDT, UTC−4', '1:30 AM EDT, UTC−4', '1:00 AM EST, UTC−5', '1:30 AM EST, UTC−5', '2:00 AM', '2:30 AM']);
  await button(page, /^1:30 AM EST/).click();
  await reads(page, 'New York, EST (UTC−5)');
  assert.equal(new Date((await bookings(ada.id))[0].slot_start).toISOString(), '2027-11-07T06:30:00.000Z');
});

test('the clock goes forward: the hour that is missing is not offered', async () => {
  const ada = await broker({ timezone: 'UTC', booking_horizon_days: 400 });
  await hours(ada.id, '{7}', '05:00', '09:00');
  const page = await visit(ada.page);
  await page.evaluate(() => { /** @type {any} */ (document.querySelector('calendar-booking')).screen.goToDay('2027-03-14'); });
  await button(page, '3:00 AM, Sunday, March 14').waitFor();
  assert.deepEqual(await page.locator('.slot').allTextContents(),
    ['12:00 AM', '12:30 AM', '1:00 AM', '1:30 AM', '3:00 AM', '3:30 AM', '4:00 AM', '4:30 AM']);
});

test('days are the visitor’s, not the broker’s: a zone without midnight', async () => {
  const ada = await broker({ timezone: 'UTC', booking_horizon_days: 400 });
  await sql(`insert into calendar.working_hours (broker_id, weekday, start_local, end_local) select '${ada.id}', d, '00:00', '24:00' from generate_series(1, 7) as d`);
  // Santiago, 2027-09-05: 0:00 does not exist.
  const page = await visit(ada.page, { timezoneId: 'America/Santiago' });
  await page.evaluate(() => { /** @type {any} */ (document.querySelector('calendar-booking')).screen.goToDay('2027-09-05'); });
  await day(page, /September 5, 46 times free/).waitFor();
  await button(page, '1:00 AM, Sunday, September 5').waitFor();
  assert.equal(await page.locator('.slot').count(), 46);
});
