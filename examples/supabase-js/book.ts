// What a visitor without a login can do with a broker's id: find and book. visit.ts has what a visitor
// does on a public page: hold, book, move and cancel.
import type { Calendar } from './client.js'
import type { Booking, Slot, SlotReason, Unavailable } from './types.js'

/** What became of a booking. */
export type Booked =
  | { ok: true; booking: Booking }
  | { ok: false; reason: SlotReason | 'rate_limited'; alternatives: Slot[] }

/** The next free slots of a broker; anyone may ask for brokers with `public_booking`. */
export async function nextSlots(
  calendar: Calendar, brokerId: string, most = 5, meetingType?: string,
): Promise<Slot[]> {
  const { data } = await calendar
    .rpc('get_available_slots', { broker_id: brokerId, max_slots: most, meeting_type: meetingType ?? null })
    .throwOnError()
  return data
}

/** A slot's start in words, in the visitor's zone: `timestamptz` comes in UTC. */
export function inWords(slot: Slot, timeZone: string, locale = 'en-US'): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short', timeZone })
    .format(new Date(slot.slot_start))
}

/**
 * Books a slot for a visitor. `requestId` is made once for a form (crypto.randomUUID()), so that a
 * second click or a lost answer books once. `meetingType` is the slug of one of the broker's meeting types.
 */
export async function book(
  calendar: Calendar,
  brokerId: string,
  slot: Slot,
  lead: { name: string; email: string; timeZone: string },
  requestId: string,
  meetingType?: string,
): Promise<Booked> {
  const { data, error } = await calendar.rpc('book_calendar_slot', {
    broker_id: brokerId,
    ...slot,
    lead_name: lead.name,
    lead_email: lead.email,
    lead_timezone: lead.timeZone,
    idempotency_key: requestId,
    meeting_type: meetingType ?? null,
  })
  if (!error) return { ok: true, booking: data }
  // The reason and other slots are JSON in a string.
  if (error.code === 'PT409') return { ok: false, ...(JSON.parse(error.details) as Unavailable) }
  if (error.code === 'PT429') return { ok: false, reason: 'rate_limited', alternatives: [] }
  throw error
}
