// The element and the iframe in other people's pages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VIEWING, accessible, accessibleInBoth, bookings, broker, button, day, fillIn, meetingType, openForm, pages, reads, site, sql, window } from './world.mjs';

const API = process.env.CALENDAR_TEST_API;

/** What old libraries do to a page, and worse. */
const BROKEN = `
  Object.prototype.extend = function () { return 'from Object.prototype'; };
  Array.prototype.extra = function () { return 'from Array.prototype'; };
  Object.prototype.toJSON = Array.prototype.toJSON = Date.prototype.toJSON = function () { return 'from toJSON'; };
  String.prototype.toJSON = function () { return '"' + this + '"'; };
  const never = (name) => function () { throw new Error(name + ' of the host'); };
  for (const name of ['map', 'filter', 'forEach', 'find', 'findIndex', 'some', 'every', 'includes', 'indexOf', 'join', 'push', 'concat',
    'reduce', 'slice', 'sort', 'splice', 'flat', 'flatMap', 'at', 'fill', 'reverse', 'shift', 'unshift', 'pop', 'keys', 'entries']) {
    Array.prototype[name] = never('Array.prototype.' + name);
  }
  for (const name of ['trim', 'startsWith', 'endsWith', 'includes', 'padStart', 'split', 'replaceAll', 'repeat', 'at']) {
    String.prototype[name] = never('String.prototype.' + name);
  }
  for (const name of ['from', 'of']) Array[name] = never('Array.' + name);
  for (const name of ['assign', 'entries', 'values', 'fromEntries']) Object[name] = never('Object.' + name);
  for (const name of ['append', 'prepend', 'remove', 'replaceChildren', 'replaceWith', 'closest', 'matches', 'toggleAttribute']) {
    Element.prototype[name] = never('Element.prototype.' + name);
  }
  Function.prototype.bind = never('bind');
`;

/** @param {string} page @param {string} [head] @param {string} [attributes] */
const host = (page, head = '', attributes = '') => `<!doctype html><html lang="en"><title>Host</title>${head}
  <script type="module" src="${pages}/calendar-booking.js"></script>
  <body><calendar-booking src="${API}" page="${page}" ${attributes}></calendar-booking></body></html>`;

test('a host that breaks prototypes, before and after the element is loaded', async () => {
  const ada = await broker();
  const name = await meetingType(ada, VIEWING);
  const before = await site({ '/host.html': host(name, `<script>${BROKEN}</script>`) });
  const page = await window({}, { isStill: true });
  await page.goto(`${before}/host.html`);
  await openForm(page);
  await fillIn(page);
  await button(page, 'Book this time').click();
  await reads(page, 'Booked.');
  const later = await site({ '/host.html': host(name) });
  await page.goto(`${later}/host.html`);
  await day(page, /December 9,/).waitFor();
  await page.addScriptTag({ content: BROKEN });
  await day(page, /December 9,/).click();
  await button(page, '10:30 AM, Wednesday, December 9').click();
  await fillIn(page);
  await button(page, 'Book this time').click();
  await reads(page, 'Booked.');
  assert.deepEqual((await bookings(ada.id)).map(({ answers }) => answers), [{ people: '2' }, { people: '2' }]);
});

test('a strict policy of the host: no violation', async () => {
  const ada = await broker();
  const strict = await site({ '/host.html': host(ada.page) },
    `default-src 'none'; script-src ${pages}; style-src ${pages}; connect-src ${API}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'`);
  const page = await window();
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => { throw new Error(`${event.violatedDirective} ${event.blockedURI}`); });
  });
  await page.goto(`${strict}/host.html`);
  await openForm(page);
  await fillIn(page);
  await button(page, 'Book this time').click();
  await reads(page, 'Booked.');
});

test('nothing is asked of a third party', async () => {
  const ada = await broker();
  const page = await window();
  const origins = new Set();
  page.on('request', (request) => origins.add(new URL(request.url()).origin));
  await page.goto(`${pages}/booking.html?page=${ada.page}`);
  await openForm(page);
  assert.deepEqual([...origins].sort(), [pages, new URL(`${API}`).origin].sort());
});

test('an accent alone, whatever it is, leaves everything legible', async () => {
  const ada = await broker();
  const name = await meetingType(ada, VIEWING);
  for (const accent of ['#ffd400', '#0000ff', '#ff2d55', '#7f7f7f', '#000000', '#ffffff', '#00c853', 'hsl(280 60% 60%)']) {
    const own = await site({ '/host.html': host(name, `<style>:root { --calendar-accent: ${accent}; } body { margin: 0; background: Canvas; color-scheme: light dark; }</style>`) });
    const page = await window();
    await page.goto(`${own}/host.html`);
    await day(page, /December 9,/).click();
    await button(page, '9:30 AM, Wednesday, December 9').waitFor();
    await accessibleInBoth(page, `accent-${accent.replace(/\W/g, '')}`);
    await button(page, '9:30 AM, Wednesday, December 9').click();
    await reads(page, 'Reserved for');
    await button(page, 'Book this time').click();
    await accessibleInBoth(page, `accent-form-${accent.replace(/\W/g, '')}`);
    await page.context().close();
    await sql(`delete from calendar.bookings where broker_id = '${ada.id}'`);
  }
});

test('theme, parts and properties', async () => {
  const ada = await broker();
  const own = await site({
    '/host.html': host(ada.page, '<style>calendar-booking { --calendar-surface: rgb(1 2 3); --calendar-radius: 0; } calendar-booking::part(broker) { color: rgb(250 1 2); }</style>', 'theme="dark"'),
  });
  const page = await window();
  await page.goto(`${own}/host.html`);
  await day(page, /December 9,/).waitFor();
  const looks = await page.locator('.card').evaluate((card) => [getComputedStyle(card).backgroundColor, getComputedStyle(/** @type {Element} */ (card.querySelector('h2'))).color,
    getComputedStyle(/** @type {Element} */ (card.querySelector('.slot, .day'))).borderRadius, getComputedStyle(card).colorScheme]);
  assert.deepEqual(looks, ['rgb(1, 2, 3)', 'rgb(250, 1, 2)', '0px', 'dark']);
});

test('events carry ids and times, never names', async () => {
  const ada = await broker();
  const own = await site({ '/host.html': host(await meetingType(ada, VIEWING)) });
  const page = await window();
  await page.addInitScript(() => {
    /** @type {any} */ (globalThis).heard = [];
    for (const type of ['ready', 'day_selected', 'slot_selected', 'held', 'booked', 'rescheduled', 'cancelled', 'failed']) {
      addEventListener(type, (event) => /** @type {any} */ (globalThis).heard.push([type, /** @type {CustomEvent} */ (event).detail]));
    }
  });
  await page.goto(`${own}/host.html`);
  await openForm(page);
  await fillIn(page);
  await button(page, 'Book this time').click();
  await reads(page, 'Booked.');
  const heard = await page.evaluate(() => /** @type {any} */ (globalThis).heard);
  assert.deepEqual(heard.map((/** @type {any} */ [type]) => type), ['ready', 'day_selected', 'slot_selected', 'held', 'booked']);
  assert.deepEqual(Object.keys(heard[4][1]), ['booking', 'slot_start', 'slot_end', 'status']);
  assert.ok(!/Jo|Smith|example|Ada/.test(JSON.stringify(heard)));
});

test('an iframe: inline, its height, its events, and a link of its own', async () => {
  const ada = await broker();
  const own = await site({
    '/host.html': `<!doctype html><title>Host</title><script>heard = []; for (const type of ['ready', 'held', 'booked']) addEventListener('calendar-' + type, (event) => heard.push([type, event.detail]));</script>
      <script src="${pages}/embed.js" async></script><div data-calendar-inline="${ada.page}" data-calendar-prefill-name="Jo Smith" data-calendar-prefill-email="jo@example.com"></div>`,
  });
  const page = await window();
  await page.goto(`${own}/host.html`);
  const frame = page.frameLocator('iframe');
  await frame.getByRole('gridcell', { name: /December 9,/ }).getByRole('button').click();
  await frame.getByRole('button', { name: /^9:30 AM/ }).click();
  await frame.getByText('Reserved for').waitFor();
  // The whole of it is to be seen.
  await page.waitForFunction(() => {
    const made = /** @type {HTMLIFrameElement} */ (document.querySelector('iframe'));
    return made.clientHeight > 0 && made.clientHeight !== 640;
  });
  assert.equal(await frame.locator('html').evaluate((root) => root.scrollHeight - root.clientHeight), 0);
  await frame.getByRole('button', { name: 'Book this time' }).click();
  await frame.getByText('Keep this link; it is your way to change or cancel.').waitFor();
  const link = await frame.locator('.own-link').getAttribute('href') ?? '';
  const heard = await page.evaluate(() => /** @type {any} */ (globalThis).heard);
  assert.deepEqual(heard.map((/** @type {any} */ [type]) => type), ['ready', 'held', 'booked']);
  assert.ok(!/Jo|Smith|example/.test(JSON.stringify(heard)));
  const alone = await window();
  await alone.goto(link);
  await reads(alone, 'Wednesday, December 9, 2026');
  assert.ok(!link.includes('parent=') && !link.includes('Jo'), link);
});

test('an iframe in a dialog, opened by an element, closed by Escape', async () => {
  const ada = await broker();
  const own = await site({ '/host.html': `<!doctype html><html lang="en"><title>Host</title><script src="${pages}/embed.js"></script><button data-calendar-booking="${ada.page}">Book a call</button></html>` });
  const page = await window();
  await page.goto(`${own}/host.html`);
  await button(page, 'Book a call').click();
  const frame = page.frameLocator('dialog iframe');
  await frame.getByRole('gridcell', { name: /December 9,/ }).waitFor();
  await accessible(page, 'popup');
  await frame.getByRole('gridcell', { name: /December 9,/ }).getByRole('button').press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  assert.ok(await button(page, 'Book a call').evaluate((node) => node === document.activeElement));
});

test('an iframe of another origin that forges messages is not believed, by neither side', async () => {
  const ada = await broker();
  const rogue = await site({
    '/rogue.html': `<!doctype html><script>
      const say = (to, type, data) => to.postMessage({ source: 'calendar-booking', version: 1, type, data }, '*');
      setInterval(() => {
        say(parent, 'booked', { booking: 'forged' });
        say(parent, 'resize', { height: 9999 });
        say(parent, 'closed', {});
        for (let i = 0; i < parent.frames.length; i++) if (parent.frames[i] !== window) say(parent.frames[i], 'theme', { theme: 'dark' });
      }, 20);
    </script>`,
  });
  const own = await site({
    '/host.html': `<!doctype html><title>Host</title><script>heard = []; addEventListener('calendar-booked', (event) => heard.push(event.detail));</script>
      <script src="${pages}/embed.js"></script><iframe id="rogue" src="${rogue}/rogue.html"></iframe><div id="here" data-calendar-inline="${ada.page}"></div>`,
  });
  const page = await window();
  await page.goto(`${own}/host.html`);
  const frame = page.frameLocator('#here iframe');
  await frame.getByRole('gridcell', { name: /December 9,/ }).getByRole('button').click();
  await frame.getByRole('button', { name: /^9:30 AM/ }).waitFor();
  await page.waitForTimeout(300);
  assert.deepEqual(await page.evaluate(() => /** @type {any} */ (globalThis).heard), []);
  assert.ok(await page.locator('#here iframe').evaluate((made) => made.clientHeight < 9000));
  assert.equal(await frame.locator('calendar-booking').getAttribute('theme'), null);
  // A page that puts ours in a frame of its own is not told what happens there, unless it says who it is.
  const quiet = await site({ '/host.html': `<!doctype html><title>Host</title><script>heard = []; addEventListener('message', (event) => heard.push(event.data));</script><iframe src="${pages}/booking.html?page=${ada.page}"></iframe>` });
  await page.goto(`${quiet}/host.html`);
  await page.frameLocator('iframe').getByRole('gridcell', { name: /December 9,/ }).waitFor();
  assert.deepEqual(await page.evaluate(() => /** @type {any} */ (globalThis).heard), []);
});
