// What comes between: others, the clock, the network, Back, and a page that is loaded again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VIEWING, bookBehind, bookings, broker, button, day, fillIn, meetingType, openForm, pages, reads, sql, visit, window } from './world.mjs';

/** @param {{ id: string }} broker */
const lapse = ({ id }) => sql(`update calendar.bookings set hold_expires_at = '2026-12-04T14:59:00Z' where broker_id = '${id}' and status = 'held'`);

test('a reservation can be kept longer, up to 60 minutes', async () => {
  const ada = await broker();
  const page = await visit(ada.page);
  await openForm(page);
  await page.getByLabel('Name').fill('Jo');
  await page.clock.fastForward('08:05');
  for (let times = 1; times <= 5; times++) {
    await button(page, 'Keep it 10 more minutes').click();
    await button(page, 'Keep it 10 more minutes').waitFor({ state: 'detached' });
    await page.clock.fastForward('10:00');
    await reads(page, times < 5 ? 'Need longer?' : 'Reserved for');
  }
  assert.equal(await page.getByLabel('Name').inputValue(), 'Jo');
  assert.equal(new Date((await bookings(ada.id))[0].hold_expires_at).toISOString(), '2026-12-04T16:00:00.000Z');
});

test('a reservation that ends while one types: the time is still free, and reserved again', async () => {
  const ada = await broker();
  const page = await visit(await meetingType(ada, VIEWING));
  await openForm(page);
  await fillIn(page);
  await lapse(ada);
  await page.clock.fastForward('10:05');
  await reads(page, 'Your reservation ended.');
  await reads(page, '9:30 AM is still free.');
  await reads(page, 'No longer reserved');
  assert.equal(await page.getByLabel('Name').inputValue(), 'Jo Smith');
  await button(page, 'Reserve it again').click();
  await reads(page, 'Reserved for');
  assert.equal(await page.getByText('Your reservation ended.').count(), 0);
  await button(page, 'Book this time').click();
  await reads(page, 'Booked.');
  assert.deepEqual((await bookings(ada.id)).map(({ status, answers }) => [status, answers]), [['confirmed', { people: '2' }]]);
});

test('a reservation that ended, and the time is gone: the nearest times, the form as it was', async () => {
  const ada = await broker();
  const page = await visit(await meetingType(ada, VIEWING));
  await openForm(page);
  await fillIn(page);
  await lapse(ada);
  await bookBehind(ada.id, '2026-12-09T14:30:00Z');
  await page.clock.fastForward('10:05');
  await reads(page, 'Somebody else has just booked 9:30 AM.');
  assert.deepEqual(await page.locator('.alternative').allTextContents(), ['9:00 AM', '10:00 AM', '10:30 AM']);
  assert.equal(await button(page, 'Choose a time to go on').getAttribute('aria-disabled'), 'true');
  await button(page, '10:00 AM').click();
  await reads(page, 'Reserved for');
  assert.equal(await page.getByLabel('Name').inputValue(), 'Jo Smith');
  await button(page, 'Book this time').click();
  await reads(page, '10:00 – 10:30 AM');
  await reads(page, 'Booked.');
});

test('two browsers at one time: one reserves, the other is offered the nearest', async () => {
  const ada = await broker();
  const name = await meetingType(ada, VIEWING);
  const [one, other] = await Promise.all([visit(name), visit(name)]);
  for (const page of [one, other]) {
    await day(page, /December 9,/).click();
    await button(page, '9:30 AM, Wednesday, December 9').waitFor();
  }
  await Promise.all([one, other].map((page) => button(page, '9:30 AM, Wednesday, December 9').click()));
  const won = [];
  for (const page of [one, other]) {
    const text = page.getByText('Reserved for').or(page.getByText('Somebody else has just booked 9:30 AM.'));
    await text.first().waitFor();
    won.push(await page.getByText('Reserved for').count() > 0);
  }
  assert.deepEqual(won.sort(), [false, true]);
  const loser = await one.getByText('Reserved for').count() > 0 ? other : one;
  await loser.locator('.alternative', { hasText: '10:00 AM' }).click();
  await reads(loser, 'Reserved for');
  for (const page of [one, other]) {
    await fillIn(page);
    await button(page, 'Book this time').click();
    await reads(page, 'Booked.');
  }
  assert.deepEqual((await bookings(ada.id)).map((booking) => new Date(booking.slot_start).toISOString()), ['2026-12-09T14:30:00.000Z', '2026-12-09T15:00:00.000Z']);
});

test('two browsers with lapsed reservations of one time: one booked, the other keeps its form', async () => {
  const ada = await broker();
  const name = await meetingType(ada, VIEWING);
  const one = await visit(name);
  await openForm(one);
  await fillIn(one, 'One');
  await lapse(ada);
  const other = await visit(name);
  await openForm(other);
  await fillIn(other, 'Other');
  await lapse(ada);
  await Promise.all([one, other].map((page) => button(page, 'Book this time').click()));
  await Promise.all([one, other].map((page) => page.getByText('Booked.').or(page.getByText('Somebody else has just booked 9:30 AM.')).first().waitFor()));
  const loser = await one.getByText('Booked.').count() > 0 ? other : one;
  assert.ok(await loser.locator('.alternative').count() >= 2);
  assert.match(await loser.getByLabel('Name').inputValue(), /^(One|Other)$/);
  await loser.locator('.alternative', { hasText: '10:00 AM' }).click();
  await reads(loser, 'Reserved for');
  await button(loser, 'Book this time').click();
  await reads(loser, 'Booked.');
  assert.equal((await bookings(ada.id)).filter(({ status }) => status === 'confirmed').length, 2);
});

test('the network is cut in each step, and each goes on when it is back', async () => {
  const ada = await broker();
  const name = await meetingType(ada, VIEWING);
  const page = await window();
  /** @param {RegExp} what @param {() => Promise<unknown>} action @param {string} sentence */
  async function cut(what, action, sentence) {
    await page.route(what, (route) => route.abort());
    await action();
    await reads(page, 'No connection.');
    await reads(page, sentence);
    await page.unroute(what);
    await button(page, 'Try again').click();
    await page.getByText('No connection.').waitFor({ state: 'detached' });
  }
  const when = 'We will try again when it is back.';
  await cut(/get_booking_page/, () => page.goto(`${pages}/booking.html?page=${name}`), when);
  await day(page, /December 9,/).waitFor();
  await cut(/get_free_days/, () => button(page, 'Next month').click(), when);
  await button(page, 'Previous month').click();
  await cut(/get_page_slots/, () => day(page, /December 9,/).click(), when);
  await cut(/hold_slot/, () => button(page, '9:30 AM, Wednesday, December 9').click(), when);
  await page.getByRole('heading', { name: 'Your details' }).waitFor();
  await fillIn(page);
  await cut(/complete_hold/, () => button(page, 'Book this time').click(), 'What you typed is kept. We will try again when it is back.');
  await reads(page, 'Booked.');
  await cut(/get_own_booking/, () => page.reload(), when);
  await button(page, 'Reschedule').click();
  await day(page, /December 10,/).click();
  await button(page, '9:30 AM, Thursday, December 10').click();
  await cut(/reschedule_own/, () => button(page, 'Move booking').click(), when);
  await reads(page, 'Moved.');
  await button(page, 'Cancel').click();
  await cut(/cancel_own/, () => button(page, 'Cancel booking').click(), when);
  await reads(page, 'Cancelled.');
  assert.deepEqual(await bookings(ada.id), []);
});

test('it goes on by itself when the browser is back on line', async () => {
  const ada = await broker();
  const page = await visit(ada.page);
  await openForm(page);
  await fillIn(page);
  await page.context().setOffline(true);
  await button(page, 'Book this time').click();
  await reads(page, 'No connection.');
  await page.context().setOffline(false);
  await reads(page, 'Booked.');
});

test('an answer that is lost on its way: the time is reserved and booked once', async () => {
  const ada = await broker();
  const page = await visit(ada.page);
  let lost = 0;
  await page.route(/hold_slot|complete_hold/, async (route) => {
    if (route.request().method() === 'POST' && lost++ % 2 === 0) {
      await route.fetch();
      await route.abort();
    } else {
      await route.continue();
    }
  });
  await day(page, /December 9,/).click();
  await button(page, '9:30 AM, Wednesday, December 9').click();
  await button(page, 'Try again').click();
  await page.getByRole('heading', { name: 'Your details' }).waitFor();
  await fillIn(page);
  await button(page, 'Book this time').click();
  await button(page, 'Try again').click();
  await reads(page, 'Booked.');
  assert.deepEqual((await bookings(ada.id)).map(({ status }) => status), ['confirmed']);
  assert.equal(lost, 4);
});

test('Back undoes one step; the reservation moves with the next choice', async () => {
  const ada = await broker();
  const page = await visit(ada.page);
  await openForm(page);
  await page.getByLabel('Name').fill('Jo');
  await page.goBack();
  await page.getByRole('heading', { name: 'Wednesday, December 9' }).waitFor();
  await page.goForward();
  assert.equal(await page.getByLabel('Name').inputValue(), 'Jo');
  await page.goBack();
  await button(page, '10:30 AM, Wednesday, December 9').click();
  await reads(page, '10:30 – 11:00 AM');
  assert.equal(await page.getByLabel('Name').inputValue(), 'Jo');
  assert.deepEqual((await bookings(ada.id)).map(({ slot_start: start }) => new Date(start).toISOString()), ['2026-12-09T15:30:00.000Z']);
  await page.goBack();
  await page.goBack();
  assert.ok(await day(page, /December 9,/).isVisible());
  await page.goForward();
  await page.goForward();
  await page.getByLabel('E-mail').fill('jo@example.com');
  await button(page, 'Book this time').click();
  await reads(page, 'Booked.');
  await page.goBack();
  await day(page, /December 9, 15 times free/).waitFor();
  assert.equal(new URL(page.url()).hash, '');
  await page.goForward();
  await reads(page, 'Booked.');
});

test('a page that is loaded again keeps the reservation and what was typed', async () => {
  const ada = await broker();
  const page = await visit(await meetingType(ada, VIEWING));
  await openForm(page);
  await fillIn(page);
  await page.getByLabel('Anything Ada should know').fill('Second floor');
  await page.clock.fastForward('03:00');
  await page.reload();
  await page.getByRole('heading', { name: 'Your details' }).waitFor();
  assert.equal(await page.getByLabel('Name').inputValue(), 'Jo Smith');
  assert.equal(await page.getByLabel('How many people come?').inputValue(), '2');
  assert.equal(await page.getByLabel('Anything Ada should know').inputValue(), 'Second floor');
  await button(page, 'Book this time').click();
  await reads(page, 'Booked.');
  await page.reload();
  await reads(page, 'Booked.');
  await reads(page, '9:30 – 10:00 AM');
  assert.equal((await bookings(ada.id)).length, 1);
});

test('too many reservations: when to try again is said, and the button comes', async () => {
  const ada = await broker();
  await sql(`update calendar.brokers set booking_horizon_days = 1 where id = '${ada.id}'`);
  const windows = await Promise.all([1, 2, 3, 4].map(() => visit(ada.page)));
  for (const [at, page] of windows.entries()) {
    await button(page, new RegExp(`^${['1', '2', '3', '4'][at]}:00 PM`)).click();
    if (at < 3) await reads(page, 'Reserved for');
  }
  const late = windows[3];
  await reads(late, 'Too many tries. Try again in 600 seconds.');
  assert.ok(!await button(late, 'Try again').isVisible());
  await lapse(ada);
  await late.clock.fastForward('10:05');
  await button(late, 'Try again').click();
  await reads(late, 'Reserved for');
});

test('a clock that is an hour wrong: the reservation lasts 10 minutes all the same', async () => {
  const ada = await broker();
  const page = await window();
  await page.clock.setSystemTime(new Date('2026-12-04T16:00:00Z'));
  await page.goto(`${pages}/booking.html?page=${ada.page}`);
  await openForm(page);
  assert.match(await page.locator('.clock b').textContent() ?? '', /^(10:00|9:5\d)$/);
});
