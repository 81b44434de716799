// A stranger books: by mouse, by keyboard alone, by touch at 320 px; what is asked, and what is stored.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VIEWING, bookings, broker, button, day, fillIn, meetingType, openForm, reads, sql, visit, window, pages } from './world.mjs';

test('a type with questions is booked, and the address becomes the secret link', async () => {
  const ada = await broker();
  const page = await visit(await meetingType(ada, VIEWING));
  await openForm(page);
  await fillIn(page);
  await page.getByLabel('Phone').fill('+1 (518) 555-0134');
  await page.getByLabel('Anything Ada should know').fill('Second floor');
  await button(page, 'Book this time').click();
  await reads(page, "Keep this page's address; it is your way to change or cancel.");
  await reads(page, 'Wednesday, December 9, 2026');
  assert.match(new URL(page.url()).hash, /^#[A-Za-z0-9_-]{40,}$/);
  const [booking] = await bookings(ada.id);
  const { status, slot_start: start, lead_name: name, lead_email: email, lead_phone: phone, lead_timezone: zone, lead_locale: locale, answers, notes } = booking;
  assert.deepEqual({ status, start: new Date(start).toISOString(), name, email, phone, zone, locale, answers, notes }, {
    status: 'confirmed', start: '2026-12-09T14:30:00.000Z', name: 'Jo Smith', email: 'jo@example.com', phone: '+15185550134',
    zone: 'America/New_York', locale: 'en-US', answers: { people: '2' }, notes: 'Second floor',
  });
  const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Add to my calendar (.ics)').click()]);
  assert.equal(download.suggestedFilename(), 'booking.ics');
});

test('by keyboard alone', async () => {
  const ada = await broker();
  const page = await visit(await meetingType(ada, VIEWING));
  const focused = () => page.evaluate(() => {
    const active = document.querySelector('calendar-booking')?.shadowRoot?.activeElement;
    return active?.getAttribute('aria-label') ?? active?.textContent ?? active?.tagName ?? '';
  });
  /** @param {string} key @param {RegExp} wanted */
  async function until(key, wanted) {
    for (let press = 0; press < 40; press++) {
      if (wanted.test(await focused())) return;
      await page.keyboard.press(key);
    }
    assert.fail(`${key} does not lead to ${wanted}, but to ${await focused()}`);
  }
  await day(page, /December 7, 16 times free/).waitFor();
  await until('Tab', /^Friday, December 4, 14 times free, today/);
  for (const [key, name] of [['ArrowRight', 'Saturday, December 5'], ['ArrowDown', 'Saturday, December 12'], ['Home', 'Sunday, December 6'],
    ['ArrowUp', 'Sunday, November 29'], ['End', 'Saturday, December 12'], ['PageDown', 'Tuesday, January 12'], ['PageUp', 'Saturday, December 12']]) {
    await page.keyboard.press(key);
    // Before the month in which it is, nothing is shown.
    const wanted = name.includes('November') ? 'Sunday, December 6' : name;
    await day(page, new RegExp(`^${wanted},`)).and(page.locator(':focus')).waitFor();
  }
  await day(page, /December 9, 16 times free/).waitFor();
  await until('ArrowLeft', /^Wednesday, December 9, 16 times free/);
  await page.keyboard.press('Enter');
  await button(page, '9:30 AM, Wednesday, December 9').waitFor();
  assert.equal(await focused(), 'Wednesday, December 9');
  await until('Tab', /^9:30 AM, Wednesday/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Your details' }).waitFor();
  assert.equal(await focused(), 'Your details');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Jo Smith');
  await page.keyboard.press('Tab');
  await page.keyboard.type('jo@example.com');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type('2');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'Book this time');
  await page.keyboard.press('Enter');
  await reads(page, 'Booked.');
  assert.match(await focused(), /^Booked\./);
  assert.equal((await bookings(ada.id))[0].answers.people, '2');
});

test('at 320 px by touch', async () => {
  const ada = await broker();
  const page = await visit(await meetingType(ada, VIEWING), { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true });
  await day(page, /December 9,/).tap();
  const heading = page.getByRole('heading', { name: 'Wednesday, December 9' });
  await page.waitForFunction(() => {
    const box = document.querySelector('calendar-booking')?.shadowRoot?.querySelector('.side h3')?.getBoundingClientRect();
    return box && box.top >= 0 && box.top < 200;
  });
  assert.ok(await heading.isVisible());
  await button(page, '9:30 AM, Wednesday, December 9').tap();
  await fillIn(page);
  await button(page, 'Book this time').tap();
  await reads(page, 'Booked.');
  assert.equal((await bookings(ada.id)).length, 1);
});

test('what is missing is said at its field, and the first of them gets the focus', async () => {
  const ada = await broker();
  const page = await visit(await meetingType(ada, VIEWING));
  await openForm(page);
  await page.getByLabel('E-mail').fill('jo@example');
  await page.getByLabel('Phone').fill('12');
  await button(page, 'Book this time').click();
  await reads(page, 'Your name is missing.');
  await reads(page, 'This address has no domain, for example jo@example.com.');
  await reads(page, 'This is not a phone number of 4 to 15 digits');
  await reads(page, 'An answer is missing here.');
  assert.ok(await page.getByLabel('Name').evaluate((field) => field.matches(':focus')));
  assert.match(await page.getByLabel('E-mail').evaluate((field) => {
    const root = /** @type {ShadowRoot} */ (field.getRootNode());
    return root.getElementById(field.getAttribute('aria-describedby') ?? '')?.textContent ?? '';
  }), /no domain/);
  await page.getByLabel('Name').fill('Jo');
  assert.equal(await page.getByText('Your name is missing.').count(), 0);
  assert.deepEqual((await bookings(ada.id)).map(({ status }) => status), ['held']);
});

test('every kind of question', async () => {
  const ada = await broker();
  const page = await visit(await meetingType(ada, {
    questions: [
      { name: 'why', label: 'Why', kind: 'text', required: true }, { name: 'rooms', label: 'Rooms', kind: 'number' },
      { name: 'mail', label: 'Second e-mail', kind: 'email' }, { name: 'tel', label: 'Second phone', kind: 'phone' },
      { name: 'dog', label: 'I bring a dog', kind: 'checkbox', required: true }, { name: 'none', label: 'Unanswered', kind: 'text' },
    ],
  }));
  await openForm(page);
  await page.getByLabel('Name').fill('Jo');
  await page.getByLabel('E-mail', { exact: true }).fill('jo@example.com');
  await page.getByLabel('Why').fill('<b>"because"</b>');
  await page.getByLabel('Rooms').fill('2,5');
  await page.getByLabel('Second e-mail').fill('x@example.org');
  await page.getByLabel('Second phone').fill('030 / 55 501');
  await button(page, 'Book this time').click();
  await reads(page, 'This has to be ticked to book.');
  await page.getByLabel('I bring a dog').check();
  await button(page, 'Book this time').click();
  await reads(page, 'Booked.');
  assert.deepEqual((await bookings(ada.id))[0].answers, { why: '<b>"because"</b>', rooms: 2.5, mail: 'x@example.org', tel: '030 / 55 501', dog: true });
});

test('where the broker confirms, a time is asked for', async () => {
  const ada = await broker({ requires_confirmation: true });
  const page = await visit(ada.page);
  await reads(page, 'Ada confirms each booking');
  await openForm(page);
  await fillIn(page);
  await button(page, 'Ask for this time').click();
  await reads(page, 'Asked. Ada Brooks has not confirmed yet.');
  assert.equal((await bookings(ada.id))[0].status, 'pending');
  await sql(`select calendar.decline_booking('${(await bookings(ada.id))[0].id}')`);
  await page.reload();
  await reads(page, 'Ada Brooks declined this time.');
});

test('a page with several types asks which; Back leads to that question again', async () => {
  const ada = await broker();
  await meetingType(ada, VIEWING);
  await meetingType(ada, { slug: 'call', name: 'First call', durations: '{15}', location_kind: 'phone', position: 1 });
  const page = await visit(ada.page);
  await reads(page, 'What would you like to book?');
  await button(page, /First call/).click();
  await reads(page, 'By phone · 15 minutes');
  await day(page, /December 9, 32 times free/).waitFor();
  await page.goBack();
  await reads(page, 'What would you like to book?');
  await button(page, /Viewing/).click();
  await day(page, /December 9, 16 times free/).waitFor();
  await page.getByText('60 min', { exact: true }).click();
  await day(page, /December 9, 8 times free/).waitFor();
});

test('a call needs a phone number; prefilled fields are filled', async () => {
  const ada = await broker();
  const page = await visit(await meetingType(ada, { location_kind: 'phone' }), {}, '&prefill-name=Jo%20Smith&prefill-email=jo@example.com');
  await openForm(page);
  assert.equal(await page.getByLabel('Name').inputValue(), 'Jo Smith');
  await button(page, 'Book this time').click();
  await reads(page, 'Your phone number is missing.');
  await page.getByLabel('Phone').fill('+1 518 555 0134');
  await button(page, 'Book this time').click();
  await reads(page, 'Booked.');
});

test('a month without free days names the first one, and leads there', async () => {
  const ada = await broker({ minimum_notice_minutes: 60 * 24 * 28 });
  const page = await visit(ada.page);
  await reads(page, 'Nothing is free in December. The first free day is Friday, January 1.');
  await button(page, 'Go to Friday, January 1').click();
  await day(page, /January 1, 14 times free/).waitFor();
  await button(page, /^10:00 AM/).waitFor();
});

test('a page that is not there, and one that is not public', async () => {
  const hidden = await broker({ public_booking: false });
  for (const name of ['nobody', hidden.page, 'Not%20A%20Page']) {
    const page = await window();
    await page.goto(`${pages}/booking.html?page=${name}`);
    await reads(page, 'There is no booking page at this address.');
  }
  const page = await window();
  await page.goto(`${pages}/booking.html`);
  await reads(page, 'This page does not say with whom to book.');
});
