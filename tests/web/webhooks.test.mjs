// Webhooks that the agent sends, received as their receivers do: by the npm library of Standard Webhooks.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import './agent.mjs';
import { broker, sql, NOW } from './world.mjs';

/** @typedef {{ path: string, body: string, headers: Record<string, string> }} Delivery */

/** What it answers next; 204 without an entry. @type {number[]} */
const answers = [];
/** @type {Delivery[]} */
const deliveries = [];
const receiver = createServer(async (request, response) => {
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += part;
  deliveries.push({ path: `${request.url}`, body, headers: /** @type {Record<string, string>} */ (request.headers) });
  response.writeHead(answers.shift() ?? 204).end();
}).listen(0, '127.0.0.1');
await once(receiver, 'listening');
after(() => receiver.close());
const { port } = /** @type {import('node:net').AddressInfo} */ (receiver.address());

/** The deliveries to a path, once there are so many. @param {string} path @param {number} count */
async function arrived(path, count) {
  for (let tries = 0; tries < 300; tries++) {
    const found = deliveries.filter((delivery) => delivery.path === path);
    if (found.length >= count) return found;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  return assert.fail(`fewer than ${count} deliveries to ${path}`);
}

/** A broker, and an endpoint of it. @param {string} path */
async function endpoint(path) {
  const ada = await broker({ name: 'Zoë 😀' });
  const made = JSON.parse(await sql(`select calendar.add_webhook_endpoint('http://127.0.0.1:${port}${path}', '${ada.id}')`));
  return { ...ada, endpoint: /** @type {string} */ (made.id), secret: /** @type {string} */ (made.secret) };
}

/** Books the first free time of a broker. @param {{ id: string }} broker */
const book = ({ id }) => sql(`select (calendar.book_calendar_slot('${id}', s.slot_start, lead_name => 'Søren "Bo" Œ', lead_email => 'bo@example.org')).id
  from (select slot_start from calendar.get_available_slots('${id}', '2026-12-07T00:00:00Z', '2026-12-12T00:00:00Z') order by 1 limit 1) as s`);

/** @param {string} secret @param {Delivery} delivery */
const verified = (secret, { body, headers }) => /** @type {any} */ (new Webhook(secret).verify(body, headers));

test('a receiver verifies what was booked, and refuses what was changed on the way', async () => {
  const ada = await endpoint('/booked?of=ada');
  const booking = await book(ada);
  const [delivery] = await arrived('/booked?of=ada', 1);
  assert.ok(delivery);
  const { type, timestamp, data } = verified(ada.secret, delivery);
  assert.equal(type, 'booking.booked');
  assert.equal(timestamp, NOW);
  assert.deepEqual([data.booking.id, data.booking.lead_name, data.broker_name], [booking, 'Søren "Bo" Œ', 'Zoë 😀']);
  const { body, headers } = delivery;
  for (const [changed, others] of /** @type {[string, Record<string, string>][]} */ ([[body.replace('booking.booked', 'booking.cancelled'), {}],
    [`${body} `, {}], [body, { 'webhook-id': 'msg_other' }], [body, { 'webhook-timestamp': `${Number(headers['webhook-timestamp']) - 1}` }],
    [body, { 'webhook-timestamp': `${Number(headers['webhook-timestamp']) - 3600}` }]])) {
    assert.throws(() => verified(ada.secret, { ...delivery, body: changed, headers: { ...headers, ...others } }), WebhookVerificationError);
  }
  const stranger = await endpoint('/stranger');
  assert.throws(() => verified(stranger.secret, delivery), WebhookVerificationError);
});

test('while a secret is replaced, receivers with the old one and with the new one verify', async () => {
  const ada = await endpoint('/rotated');
  const secret = await sql(`select calendar.rotate_webhook_secret('${ada.endpoint}')`);
  await book(ada);
  const [delivery] = await arrived('/rotated', 1);
  assert.ok(delivery);
  for (const one of [ada.secret, secret]) assert.equal(verified(one, delivery).type, 'booking.booked');
});

test('what was refused comes again with the same id, and verifies again', async () => {
  const ada = await endpoint('/again');
  answers.push(500);
  await book(ada);
  await arrived('/again', 1);
  // The clock of the database does not move.
  const due = `update calendar.notifications set next_attempt_at = '${NOW}' where broker_id = '${ada.id}' and channel = 'webhook' and state = 'due' returning id`;
  for (let tries = 0; tries < 100 && !await sql(due); tries++) await new Promise((resolve) => { setTimeout(resolve, 100); });
  const [first, second] = await arrived('/again', 2);
  assert.ok(first && second);
  assert.equal(first.headers['webhook-id'], second.headers['webhook-id']);
  assert.deepEqual(verified(ada.secret, first), verified(ada.secret, second));
});

test('a delivery that was given up is sent again where an operator asks for it', async () => {
  const ada = await endpoint('/gone');
  answers.push(410);
  await book(ada);
  await arrived('/gone', 1);
  const failure = async () => sql(`select id from calendar.failure_logs where broker_id = '${ada.id}' and operation = 'message'`);
  for (let tries = 0; tries < 100 && !await failure(); tries++) await new Promise((resolve) => { setTimeout(resolve, 100); });
  const id = await failure();
  assert.equal(await sql(`select calendar.retry_failure(${id}) ->> 'retries'`), 'nothing');
  const secret = await sql(`select calendar.rotate_webhook_secret('${ada.endpoint}')`);
  assert.equal(await sql(`select calendar.retry_failure(${id}) ->> 'retries'`), 'message');
  const [first, second] = await arrived('/gone', 2);
  assert.ok(first && second);
  assert.equal(first.headers['webhook-id'], second.headers['webhook-id']);
  assert.equal(verified(secret, second).type, 'booking.booked');
});
