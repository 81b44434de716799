// A page by keyboard alone.

import assert from 'node:assert/strict';

/** @typedef {import('playwright-core').Page} Page @typedef {import('playwright-core').Locator} Locator */

/** What has the focus, for people. @param {Page} page */
export const focused = (page) => page.evaluate(() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node === document.body ? 'nothing' : `${node?.getAttribute('aria-label') ?? node?.id}|${node?.textContent}`;
});

/**
 * Presses Tab until it has the focus, which is to be seen.
 * @param {Page} page @param {Locator} locator
 */
export async function reach(page, locator) {
  await locator.first().waitFor();
  // A locator looks for its element each time, and a page that is drawn again has another one.
  let wanted = await locator.first().elementHandle();
  for (let presses = 0; presses < 120; presses++) {
    const state = await wanted?.evaluate((node) => {
      if (!node.isConnected) return 'replaced';
      if (/** @type {Document | ShadowRoot} */ (node.getRootNode()).activeElement !== node) return 'elsewhere';
      return getComputedStyle(node).outlineStyle !== 'none' || /** @type {Element} */ (node).closest('.segments') !== null ? 'seen' : 'unseen';
    });
    if (state === 'seen') return;
    assert.notEqual(state, 'unseen', 'the focus is not to be seen');
    if (state === 'replaced') wanted = await locator.first().elementHandle();
    else await page.keyboard.press('Tab');
  }
  assert.fail(`${locator} is not reached by Tab; ${await focused(page)} has the focus`);
}

/** @param {Page} page @param {string | RegExp} name @param {Locator | Page} [within] */
export async function press(page, name, within = page) {
  await reach(page, within.getByRole('button', { name, exact: typeof name === 'string' }));
  await page.keyboard.press('Enter');
}
