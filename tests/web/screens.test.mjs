// Every screen, at 1280 and 320 px, light and dark: no violation of WCAG 2.2 AA. With
// CALENDAR_TEST_SHOTS=directory, pictures to lay beside the drawings.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VIEWING, accessible, accessibleInBoth, bookBehind, broker, button, day, fillIn, meetingType, openForm, reads, sql, visit } from './world.mjs';

for (const width of [1280, 320]) {
  test(`screens at ${width} px, light and dark`, async () => {
    const ada = await broker({ timezone: 'America/Los_Angeles' });
    await meetingType(ada, { slug: 'call', name: 'First call', location_kind: 'phone' });
    const name = await meetingType(ada, VIEWING);
    /** @param {string} screen */
    const check = (screen) => accessibleInBoth(page, `${screen}-${width}`);
    const page = await visit(ada.page, { viewport: { width, height: 800 } });
    await reads(page, 'What would you like to book?');
    await check('types');
    await page.goto(page.url().replace(ada.page, name));
    await day(page, /December 9,/).click();
    await button(page, '12:30 PM, Wednesday, December 9').waitFor();
    await check('booking');
    await button(page, '12:30 PM, Wednesday, December 9').click();
    await fillIn(page);
    await page.getByLabel('E-mail').fill('jo@example');
    await button(page, 'Book this time').click();
    await check('form');
    await page.clock.fastForward('08:10');
    await button(page, 'Keep it 10 more minutes').waitFor();
    await check('longer');
    await sql(`update calendar.bookings set hold_expires_at = '2026-12-04T14:00:00Z' where broker_id = '${ada.id}'`);
    await page.clock.fastForward('02:00');
    await button(page, 'Reserve it again').waitFor();
    await check('lapsed');
    await bookBehind(ada.id, '2026-12-09T17:30:00Z');
    await page.getByLabel('E-mail').fill('jo@example.com');
    await button(page, 'Book this time').click();
    await reads(page, 'Somebody else has just booked 12:30 PM.');
    await check('lost');
    await page.locator('.alternative').first().click();
    await reads(page, 'Reserved for');
    await button(page, 'Book this time').click();
    await reads(page, 'Booked.');
    await check('done');
    await button(page, 'Cancel').click();
    await check('cancel');
    await button(page, 'Keep it').click();
    await button(page, 'Reschedule').click();
    await day(page, /December 10,/).click();
    await button(page, '12:30 PM, Thursday, December 10').waitFor();
    await check('move');
    await button(page, '12:30 PM, Thursday, December 10').click();
    await check('ask');
    await button(page, 'Move booking').click();
    await reads(page, 'Moved.');
    await button(page, 'Cancel').click();
    await button(page, 'Cancel booking').click();
    await reads(page, 'Cancelled.');
    await check('cancelled');
    await page.goto(page.url().replace(/page=[^#]*(#.*)?/, 'page=nobody'));
    await reads(page, 'There is no booking page');
    await check('missing');
  });
}

test('forced colours: a free day, the chosen one and a closed one differ by their borders', async () => {
  const ada = await broker();
  const page = await visit(ada.page, { forcedColors: 'active' });
  await day(page, /December 9,/).click();
  const border = (/** @type {RegExp} */ name) => day(page, name).evaluate((node) => {
    const style = getComputedStyle(node);
    return `${style.borderTopWidth} ${style.borderTopColor}`;
  });
  const [free, chosen, closed] = [await border(/December 10,/), await border(/December 9,/), await border(/December 12,/)];
  const surface = await page.locator('.card').evaluate((node) => getComputedStyle(node).backgroundColor);
  assert.notEqual(free, chosen);
  assert.notEqual(free, closed);
  assert.ok(!free.endsWith(surface), `${free} on ${surface}`);
  await accessible(page, 'forced-colours');
});

test('reduced motion: nothing moves', async () => {
  const ada = await broker();
  const moving = (/** @type {import('playwright-core').Page} */ page) => page.evaluate(() => {
    const all = document.querySelector('calendar-booking')?.shadowRoot?.querySelectorAll('*') ?? [];
    return [...all].filter((node) => getComputedStyle(node).animationName !== 'none' || parseFloat(getComputedStyle(node).transitionDuration) > 0).length;
  });
  const still = await visit(ada.page, { reducedMotion: 'reduce' });
  await openForm(still);
  assert.equal(await moving(still), 0);
  assert.ok(await moving(await visit(ada.page, { reducedMotion: 'no-preference' })) > 0);
});

test('200 % zoom of text: nothing is cut, nothing scrolls sideways', async () => {
  const ada = await broker();
  const page = await visit(await meetingType(ada, VIEWING), { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
  await openForm(page);
  await accessible(page, 'zoomed');
});
