// Calls the examples as a website, a broker and a server would.
import assert from 'node:assert/strict'
import { createHmac, randomUUID } from 'node:crypto'
import http from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { connect } from './client.js'
import { book, inWords, nextSlots } from './book.js'
import { cancelOwn, completeHold, holdSlot, moveOwn, openPage, ownBooking, pageSlots } from './visit.js'
import { block, cancel, confirm, feedAddress, hold, upcoming } from './manage.js'

const { POSTGREST, JWT_SECRET } = process.env
const ANN = 'aaaaaaaa-0000-4000-8000-000000000001'
const ANNS_USER = 'aaaaaaaa-0000-4000-8000-00000000000a'
const BEN = 'aaaaaaaa-0000-4000-8000-000000000002'

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
function token(claims) {
  const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
  return `${body}.${createHmac('sha256', JWT_SECRET).update(body).digest('base64url')}`
}

// What Supabase's gateway does: PostgREST is at /rest/v1.
const gateway = http.createServer((request, response) => {
  const to = new URL(request.url.replace('/rest/v1', ''), POSTGREST)
  request.pipe(http.request(to, { method: request.method, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers)
    answer.pipe(response)
  }))
})
await new Promise((resolve) => gateway.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${gateway.address().port}`
for (let i = 0; (await fetch(POSTGREST).catch(() => ({}))).status !== 200; i++) {
  assert(i < 100, 'PostgREST does not start')
  await setTimeout(100)
}

const anon = token({ role: 'anon' })
const website = connect(url, anon)
const broker = connect(url, anon, token({ role: 'authenticated', sub: ANNS_USER }))
const server = connect(url, token({ role: 'service_role' }))

// A visitor books, twice the same by a second click.
const slots = await nextSlots(website, ANN)
assert.equal(slots.length, 5)
assert.match(inWords(slots[0], 'America/New_York'), /^\w+day, \w+ \d+, \d{4} at \d+:\d\d/)
const lead = { name: 'Lee', email: 'lee@example.com', timeZone: 'America/Chicago' }
const request = randomUUID()
const booked = await book(website, ANN, slots[0], lead, request)
assert.deepEqual(await book(website, ANN, slots[0], lead, request), booked)
assert.equal(booked.ok && booked.booking.status, 'confirmed')
const taken = await book(website, ANN, slots[0], { ...lead, email: 'kim@example.com' }, randomUUID())
assert.equal(taken.reason, 'taken')
assert.equal(taken.alternatives.length, 3)
await assert.rejects(nextSlots(website, BEN), /broker_not_found/)
await assert.rejects(book(website, BEN, slots[0], lead, randomUUID()), { code: 'PT404' })

// A visitor of a page holds, books, moves and cancels.
const page = await openPage(website, 'ann/call')
assert.deepEqual(page.types.map((type) => type.durations), [[15]])
const from = new Date(Date.now() + 86_400_000)
const [one, other] = await pageSlots(website, 'ann/call', from, new Date(+from + 86_400_000))
const choice = randomUUID()
await holdSlot(website, 'ann/call', one, choice)
const { token: own } = await holdSlot(website, 'ann/call', one, choice)
const who = { name: 'Kim', email: 'kim@example.com', timeZone: 'Asia/Kathmandu', locale: 'fr-CA' }
await assert.rejects(completeHold(website, own, who), /question "topic" must be answered/)
const visit = await completeHold(website, own, who, { topic: 'A flat' })
assert.deepEqual([visit.status, visit.page, visit.meeting_type], ['confirmed', 'ann/call', 'Call'])
assert.deepEqual(await ownBooking(website, own), visit)
assert.equal(Date.parse((await moveOwn(website, own, other)).slot_start), Date.parse(other.slot_start))
assert.equal((await cancelOwn(website, own, 'ill')).status, 'cancelled')
await assert.rejects(ownBooking(website, 'guessed'), { code: 'PT401' })
await assert.rejects(openPage(website, 'ben'), { code: 'PT404' })
const [typed] = await nextSlots(website, ANN, 1, 'call')
assert.equal(Date.parse(typed.slot_end) - Date.parse(typed.slot_start), 15 * 60_000)

// A server holds, confirms and cancels; the broker sees it, and nobody else's.
const id = await hold(server, ANN, slots[1], 'crm-17')
assert.equal(await confirm(server, id), 'confirmed')
assert.equal(await confirm(server, id), 'confirmed')
const seen = await upcoming(broker)
assert.deepEqual(seen.map((row) => row.lead_name), ['Lee', null])
assert.equal(await cancel(broker, id, 'ill'), 'cancelled')
assert.equal((await upcoming(broker)).length, 1)
await assert.rejects(upcoming(website), { code: '42501' })

const later = slots.at(-1)
await block(broker, ANN, new Date(later.slot_start), new Date(later.slot_end))
const left = (await nextSlots(website, ANN)).map((slot) => slot.slot_start)
assert(!left.includes(later.slot_start), 'blocked time is offered')
await assert.rejects(block(broker, BEN, new Date(later.slot_start), new Date(later.slot_end)), { code: '42501' })

const feed = await fetch(await feedAddress(broker, url, ANN))
assert.equal(feed.headers.get('content-type'), 'text/calendar; charset=utf-8')
assert.match(await feed.text(), /^BEGIN:VCALENDAR\r\n/)

// A phrase, typed by hand as any other function is.
const { data: answer } = await server
  .rpc('check_availability', { broker_id: ANN, requested_time: 'tomorrow at noon' }).throwOnError()
assert.equal(answer.available, true)

// The answers have what types.ts says.
const keys = (object) => Object.keys(object).sort().join(' ')
assert.equal(keys(answer), 'alternatives available now reason requested_time requested_windows slot speech stale synced_at timezone understood')
const tried = { broker_id: ANN, slot_start: answer.slot.slot_start, created_by: null }
const { data: yes } = await server.rpc('try_book', tried).throwOnError()
assert.equal(keys(yes), 'booking ok speech warnings')
const { data: no } = await server.rpc('try_book', { ...tried, lead_id: 'other' }).throwOnError()
assert.equal(keys(no), 'alternatives ok reason speech warnings')
const { data: why } = await server.rpc('explain_availability', { broker_id: ANN }).throwOnError()
assert.equal(keys(why), 'days reason slots')
assert.equal(keys(why.days[0]), 'busy_minutes day open_minutes slots')
const { data: slot } = await server
  .rpc('explain_slot', { broker_id: ANN, slot_start: answer.slot.slot_start, slot_end: answer.slot.slot_end }).throwOnError()
assert.equal(keys(slot), 'bookable now obstacles reason')
gateway.close()
