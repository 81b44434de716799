// What a browser loads: how much of it, and how long it takes.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { WEB, broker, button, fillIn, meetingType, openForm, VIEWING, pages, reads, window } from './world.mjs';

/** The sum of the files, each compressed by itself, as a server sends them: DESIGN.md says what they are. */
const LIMIT = 25_000;

test('the files of the booking component, each gzipped by itself', async (t) => {
  const ada = await broker();
  const page = await window();
  const loaded = new Set();
  page.on('request', (request) => {
    const { origin, pathname } = new URL(request.url());
    if (origin === pages && !/settings|booking-page|\.html$/.test(pathname)) loaded.add(pathname.slice(1));
  });
  await page.goto(`${pages}/booking.html?page=${ada.page}`);
  await openForm(page);
  await fillIn(page);
  await button(page, 'Book this time').click();
  await reads(page, 'Booked.');
  const sizes = await Promise.all([...loaded].sort().map(async (file) => ({ file, bytes: gzipSync(await readFile(join(WEB, file)), { level: 9 }).length })));
  const sum = sizes.reduce((all, { bytes }) => all + bytes, 0);
  t.diagnostic(`${sum} bytes in ${sizes.length} files: ${sizes.map(({ file, bytes }) => `${file} ${bytes}`).join(', ')}`);
  assert.ok(sum < LIMIT, `${sum} bytes`);
  // The page preloads exactly what is used.
  const html = await readFile(join(WEB, 'booking.html'), 'utf8');
  const preloaded = [...html.matchAll(/modulepreload" href="([^"]+)"/g)].map(([, file]) => file).filter((file) => file !== 'settings.js');
  assert.deepEqual(preloaded.sort(), [...loaded].filter((file) => file.endsWith('.js')).sort());
});

test('from navigation to times on the screen, with a processor four times slower', async (t) => {
  const ada = await broker();
  const name = await meetingType(ada, VIEWING);
  /** @type {number[]} */
  const times = [];
  for (let turn = 0; turn < 5; turn++) {
    const { browser } = await import('./world.mjs');
    const context = await browser.newContext({ locale: 'en-US', timezoneId: 'America/New_York', viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await page.clock.setFixedTime(new Date('2026-12-04T15:00:00Z'));
    const cdp = await context.newCDPSession(page);
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    const from = process.hrtime.bigint();
    await page.goto(`${pages}/booking.html?page=${name}`, { waitUntil: 'commit' });
    await page.locator('.slot').first().waitFor();
    times.push(Number(process.hrtime.bigint() - from) / 1e6);
    await context.close();
  }
  t.diagnostic(`times on the screen after ${times.map((ms) => ms.toFixed(0)).join(', ')} ms; goal: below 1000`);
  assert.equal(times.length, 5);
});
