// SQL as the superuser, by one psql for all tests of a file.

import { once } from 'node:events';
import { start } from './programs.mjs';

const psql = start(`${process.env.CALENDAR_TEST_PSQL}`, ['-XqtA', `--dbname=${process.env.CALENDAR_TEST_URL}`]);
const gone = new AbortController();
psql.on('exit', () => gone.abort(new Error('psql has ended')));
const END = 'end of what one call returns';
let out = '';
let errors = '';
psql.stdout.setEncoding('utf8').on('data', (text) => { out += text; });
psql.stderr.setEncoding('utf8').on('data', (text) => { errors += text; });

/** @param {string} text */
async function ask(text) {
  out = errors = '';
  psql.stdin.write(`${text}\n;\n\\echo ${END}\n\\warn ${END}\n`);
  while (!out.endsWith(`${END}\n`)) await once(psql.stdout, 'data', gone);
  while (!errors.endsWith(`${END}\n`)) await once(psql.stderr, 'data', gone);
  if (/^ERROR: /m.test(errors)) throw new Error(`${errors.slice(0, -END.length - 1)}${text}`);
  return out.slice(0, -END.length - 1).trim();
}

/** The calls before this one. @type {Promise<unknown>} */
let before = Promise.resolve();

/**
 * Runs SQL, and returns the first column of what it returns.
 * @param {string} text
 * @returns {Promise<string>}
 */
export function sql(text) {
  const own = before.then(() => ask(text));
  before = own.catch(() => {});
  return own;
}
