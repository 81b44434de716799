// What a browser loads: how much of it, and how long it takes.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { WEB, broker, meetingType, VIEWING, pages, window } from './world.mjs';

/** Of all files together, as an archive packs them; and of each by itself, as a server sends them. */
const LIMIT = 25_000;
const LIMIT_APART = 31_000;

test('all files of the booking component, gzipped, are below 25 kB', async (t) => {
  const ada = await broker();
  const page = await window();
  const loaded = new Set();
  page.on('request', (request) => {
    const { origin, pathname } = new URL(request.url());
    if (origin === pages && !/settings|booking-page|\.html$/.test(pathname)) loaded.add(pathname.slice(1));
  });
  await page.goto(`${pages}/booking.html?page=${ada.page}`);
  await page.locator('.slot').first().waitFor();
  // As an archive has them: the style sheet, the element, then folder by folder.
  const rank = (/** @type {string} */ file) => `${file.endsWith('.css') ? 0 : file.includes('/') ? 2 : 1}${file}`;
  const files = [...loaded].sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
  const parts = await Promise.all(files.map((file) => readFile(join(WEB, file))));
  const languages = (await readdir(join(WEB, 'words'))).filter((file) => file !== 'en.js');
  const others = await Promise.all(languages.map((file) => readFile(join(WEB, 'words', file))));
  const size = gzipSync(Buffer.concat(parts), { level: 9 }).length;
  const apart = parts.reduce((sum, part) => sum + gzipSync(part, { level: 9 }).length, 0);
  t.diagnostic(`${parts.length} files: ${size} bytes together, ${apart} one by one; together with ${languages.length} more languages ${gzipSync(Buffer.concat([...parts, ...others]), { level: 9 }).length}`);
  assert.ok(size < LIMIT, `${size} bytes`);
  assert.ok(apart < LIMIT_APART, `${apart} bytes one by one`);
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
