// Signing in by Supabase Auth on the pages of brokers and operators.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { supabaseAuth } from './supabase.mjs';
import { accessibleInBoth, button, byToken, jwt, member, operator, reads, signedIn, sql } from './world.mjs';

/** @typedef {import('playwright-core').Page} Page */

/**
 * Ada, who has a password, and the server that knows it.
 * @param {Awaited<ReturnType<typeof member>>} [ada]
 */
async function withPassword(ada) {
  const made = ada ?? await member();
  const auth = await supabaseAuth({
    'ada@example.com': { user: made.user, password: 'correct horse' },
    'new@example.com': { user: made.user, password: 'correct horse', isConfirmed: false },
    'bo@example.com': { user: (await member({ name: 'Bo Chen' })).user, password: 'battery staple' },
  });
  /** @param {import('playwright-core').BrowserContextOptions} [options] @param {string} [file] */
  const visit = (options, file = 'connections.html') => signedIn(file,
    `export const apikey = 'anon'; export const authUrl = '${auth.origin}/auth/v1'; export const accessToken = null;`, options, auth.origin);
  return { ...made, ...auth, visit };
}

/** @param {Page} page @param {string} password @param {string} [email] */
async function signIn(page, password, email = 'ada@example.com') {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await button(page, 'Sign in').click();
}

/** @param {Page} page */
const isOpen = (page) => page.getByRole('tab', { name: 'Hours' }).waitFor();

test('a broker signs in by keyboard, stays signed in, and signs out in every tab', async () => {
  const { visit, state } = await withPassword();
  const page = await visit();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.type('ada@example.com');
  await page.keyboard.press('Tab');
  await page.keyboard.type('correct horse');
  await page.keyboard.press('Enter');
  await isOpen(page);
  await reads(page, 'ada@example.com');
  await page.reload();
  await isOpen(page);
  const other = await page.context().newPage();
  await other.goto(page.url());
  await isOpen(other);
  await button(page, 'Sign out').click();
  await page.getByRole('heading', { name: 'Sign in' }).and(page.locator(':focus')).waitFor();
  await other.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.deepEqual(state.asked, ['/token?grant_type=password', '/logout?scope=local']);
  assert.equal(await page.evaluate(() => localStorage.length), 0);
});

test('what went wrong is said at the form, and what was typed stays', async () => {
  const { visit, state } = await withPassword();
  const page = await visit();
  await signIn(page, 'wrong');
  await reads(page, 'This e-mail address and this password do not belong together.');
  const password = page.getByLabel('Password');
  assert.deepEqual([await password.getAttribute('aria-invalid'), await password.getAttribute('aria-describedby')], ['true', 'sign-in-wrong']);
  assert.equal(await page.getByLabel('E-mail').inputValue(), 'ada@example.com');
  await signIn(page, 'correct horse', 'new@example.com');
  await reads(page, 'This e-mail address is not confirmed yet.');
  state.status = 429;
  await button(page, 'Sign in').click();
  await reads(page, 'Too many tries. Try again in a minute.');
  state.status = 503;
  await button(page, 'Sign in').click();
  await reads(page, 'No connection. Try again.');
  state.status = 0;
  await page.context().setOffline(true);
  await button(page, 'Sign in').click();
  await reads(page, 'No connection. Try again.');
  await page.context().setOffline(false);
  await signIn(page, 'correct horse');
  await isOpen(page);
});

test('a session is renewed before it ends, for all tabs', async () => {
  const { visit, state } = await withPassword();
  const page = await visit();
  await signIn(page, 'correct horse');
  await isOpen(page);
  const other = await page.context().newPage();
  await other.clock.install({ time: new Date('2026-12-04T15:00:00Z') });
  await other.goto(page.url());
  await isOpen(other);
  state.asked.length = 0;
  for (const tab of [page, other]) await tab.clock.setSystemTime('2026-12-04T15:59:30Z');
  await Promise.all([page, other].map((tab) => tab.getByRole('tab', { name: 'Bookings' }).click()));
  for (const tab of [page, other]) await reads(tab, 'No bookings here.');
  // A tab may read an old token where the other has written a new one a moment ago; it is not signed out for that.
  assert.match(state.asked.join(' '), /^(\/token\?grant_type=refresh_token ?){1,2}$/);
});

test('where a session ends, what was begun stays, and goes on after signing in', async () => {
  const { visit, state, id } = await withPassword();
  const page = await visit();
  await signIn(page, 'correct horse');
  await page.getByRole('tab', { name: 'Hours' }).click();
  await page.getByRole('group', { name: 'Friday' }).getByRole('checkbox').uncheck();
  state.forget();
  await page.clock.setSystemTime('2026-12-04T16:00:30Z');
  await button(page, 'Save hours').click();
  await reads(page, 'Your sign-in has ended. What you typed is kept.');
  assert.equal(await page.getByLabel('E-mail').inputValue(), 'ada@example.com');
  await page.getByLabel('Password').fill('correct horse');
  await button(page, 'Sign in').click();
  await reads(page, 'Saved.');
  assert.equal(await sql(`select string_agg(weekday::text, '' order by weekday) from calendar.working_hours where broker_id = '${id}'`), '1234');
});

test('what one user has begun is not saved for another', async () => {
  const { visit, state } = await withPassword();
  const page = await visit();
  await signIn(page, 'correct horse');
  await page.getByRole('tab', { name: 'Hours' }).click();
  await page.getByRole('group', { name: 'Friday' }).getByRole('checkbox').uncheck();
  state.forget();
  await page.clock.setSystemTime('2026-12-04T16:00:30Z');
  await button(page, 'Save hours').click();
  await reads(page, 'Your sign-in has ended.');
  await signIn(page, 'battery staple', 'bo@example.com');
  await page.getByRole('heading', { name: 'Bo Chen' }).waitFor();
  assert.equal(await page.getByText('Saved.').count(), 0);
});

test('an operator signs in to the console', async () => {
  const { visit } = await withPassword({ ...await member(), ...await operator() });
  const page = await visit({}, 'console.html');
  await signIn(page, 'battery staple', 'bo@example.com');
  await reads(page, 'This account is not that of an operator.');
  await button(page, 'Sign out').click();
  await signIn(page, 'correct horse');
  await page.getByRole('heading', { name: 'Console' }).waitFor();
  await page.getByRole('tab', { name: 'Agents' }).waitFor();
});

test('a JWT that has ended is said to have ended where the host signs in', async () => {
  const { user } = await member();
  const page = await signedIn('console.html', byToken(jwt(user, -60)));
  await reads(page, 'Sign in to see the console.');
});

test('four languages, and every screen at 1280 and 320 px, light and dark', async () => {
  const { visit } = await withPassword();
  for (const [locale, heading] of [['de-CH', 'Anmelden'], ['es-MX', 'Iniciar sesión'], ['fr-CA', 'Se connecter'], ['ar', 'Sign in']]) {
    const page = await visit({ locale: `${locale}` });
    await page.getByRole('heading', { name: heading }).waitFor();
  }
  for (const width of [1280, 320]) {
    const page = await visit({ viewport: { width, height: 800 } });
    await accessibleInBoth(page, `sign-in-${width}`);
    await signIn(page, 'wrong');
    await reads(page, 'This e-mail address and this password do not belong together.');
    await accessibleInBoth(page, `sign-in-wrong-${width}`);
    await signIn(page, 'correct horse');
    await isOpen(page);
    await accessibleInBoth(page, `signed-in-${width}`);
  }
});
