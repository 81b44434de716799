// The secret link: what it shows, how a booking is moved and cancelled, and who may not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VIEWING, bookBehind, bookings, broker, button, day, meetingType, pages, reads, sql, window } from './world.mjs';

/**
 * A booking made elsewhere, and its secret link.
 * @param {{ id: string }} ada
 * @param {string} start
 * @param {string} [type]
 */
async function link(ada, start, type) {
  const id = await sql(`select (calendar.book_calendar_slot('${ada.id}', '${start}', lead_name => 'Jo Smith'${type ? `, meeting_type => '${type}', answers => '{"people": "2"}'` : ''})).id`);
  return `${pages}/booking.html#${await sql(`select calendar.create_booking_link('${id}')`)}`;
}

test('a booking is moved; the old time is named until the new one holds', async () => {
  const ada = await broker();
  await meetingType(ada, VIEWING);
  const page = await window();
  const asked = /** @type {string[]} */ ([]);
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(await link(ada, '2026-12-09T14:30:00Z', 'viewing'));
  await reads(page, 'Wednesday, December 9, 2026');
  await reads(page, 'Viewing, 4 Oak Lane');
  await button(page, 'Reschedule').click();
  await page.getByRole('heading', { name: 'Move your booking' }).waitFor();
  await reads(page, 'Now: Wednesday, December 9 at 9:30 AM, New York, EST');
  await day(page, /December 10,/).click();
  await button(page, '2:00 PM, Thursday, December 10').click();
  await reads(page, 'Move it to this time?');
  await reads(page, 'Now: Wednesday, December 9 at 9:30 AM, New York, EST');
  await button(page, 'Move booking').click();
  await reads(page, 'Moved.');
  await reads(page, 'Thursday, December 10, 2026');
  assert.deepEqual((await bookings(ada.id)).map(({ slot_start: start }) => new Date(start).toISOString()), ['2026-12-10T19:00:00.000Z']);
  // The token is in no address that a server sees.
  const token = new URL(page.url()).hash.slice(1);
  assert.deepEqual(asked.filter((address) => new URL(address).href.replace(/#.*/, '').includes(token)), []);
  await page.reload();
  await reads(page, 'Thursday, December 10, 2026');
});

test('a booking is cancelled after one question', async () => {
  const ada = await broker();
  const page = await window();
  await page.goto(await link(ada, '2026-12-09T14:30:00Z'));
  await button(page, 'Cancel').click();
  await reads(page, 'Cancel this booking?');
  assert.equal((await bookings(ada.id)).length, 1);
  await button(page, 'Keep it').click();
  await button(page, 'Cancel').click();
  await button(page, 'Cancel booking').click();
  await reads(page, 'Cancelled.');
  assert.deepEqual(await bookings(ada.id), []);
  await button(page, 'Book another time').click();
  await day(page, /December 9, 16 times free/).waitFor();
  assert.equal(new URL(page.url()).hash, '');
});

test('the time to move to is taken meanwhile: the nearest times, and the booking as it was', async () => {
  const ada = await broker();
  const page = await window();
  await page.goto(await link(ada, '2026-12-09T14:30:00Z'));
  await button(page, 'Reschedule').click();
  await day(page, /December 10,/).click();
  await button(page, '2:00 PM, Thursday, December 10').click();
  await bookBehind(ada.id, '2026-12-10T19:00:00Z');
  await button(page, 'Move booking').click();
  await reads(page, 'Somebody else has just booked 2:00 PM.');
  await page.locator('.alternative', { hasText: '2:30 PM' }).click();
  await button(page, 'Move booking').click();
  await reads(page, 'Moved.');
  await reads(page, '2:30 – 3:00 PM');
});

test('Back leads from moving to the booking', async () => {
  const ada = await broker();
  const page = await window();
  await page.goto(await link(ada, '2026-12-09T14:30:00Z'));
  await button(page, 'Reschedule').click();
  await page.getByRole('heading', { name: 'Move your booking' }).waitFor();
  await page.goBack();
  await button(page, 'Reschedule').click();
  await button(page, 'Keep it').click();
  await button(page, 'Reschedule').waitFor();
  await reads(page, 'Wednesday, December 9, 2026');
});

test('too late to change: it is said, and there is no button', async () => {
  const ada = await broker({ change_until_minutes: 60 * 24 * 30 });
  const page = await window();
  await page.goto(await link(ada, '2026-12-09T14:30:00Z'));
  await reads(page, 'It can no longer be changed here. Contact Ada Brooks.');
  assert.equal(await button(page, 'Cancel').count(), 0);
});

test('it became too late while the page was open', async () => {
  const ada = await broker();
  const page = await window();
  await page.goto(await link(ada, '2026-12-09T14:30:00Z'));
  await button(page, 'Cancel').click();
  await sql(`update calendar.brokers set change_until_minutes = 60 * 24 * 30 where id = '${ada.id}'`);
  await button(page, 'Cancel booking').click();
  await reads(page, 'It can no longer be changed here. Contact Ada Brooks.');
  assert.equal((await bookings(ada.id)).length, 1);
});

test('a link that was never given, and a fragment that is no token', async () => {
  const ada = await broker();
  const page = await window();
  await page.goto(`${pages}/booking.html#${'A'.repeat(43)}`);
  await reads(page, 'This link is no longer valid.');
  await page.goto(`${pages}/booking.html?page=${ada.page}#top`);
  await day(page, /December 9,/).waitFor();
});

test('a booking with a broker whose page is not public: shown and cancelled, not moved', async () => {
  const ada = await broker({ public_booking: false });
  const page = await window();
  await page.goto(await link(ada, '2026-12-09T14:30:00Z'));
  await reads(page, 'with Ada Brooks');
  assert.equal(await button(page, 'Reschedule').count(), 0);
  await button(page, 'Cancel').click();
  await button(page, 'Cancel booking').click();
  await reads(page, 'Cancelled.');
  assert.equal(await button(page, 'Book another time').count(), 0);
});

test('a name that is HTML is a name', async () => {
  const ada = await broker({ name: '<img src=x onerror=alert(1)>' });
  const page = await window();
  await page.goto(await link(ada, '2026-12-09T14:30:00Z'));
  await reads(page, 'with <img src=x onerror=alert(1)>');
  assert.equal(await page.locator('calendar-booking img').count(), 0);
});
