// What the types promise, checked by the compiler alone.
import { connect } from './client.js'
import type { Booking, OverrideKind, Reason, SlotReason, Status } from './types.js'

const calendar = connect('http://127.0.0.1', 'key')

/** Null is every optional argument's default; a required one is not null. */
export async function nulls() {
  await calendar.rpc('get_available_slots', { broker_id: 'b', window_start: null, max_slots: null })
  // @ts-expect-error broker_id has no default.
  await calendar.rpc('get_available_slots', { broker_id: null })
}

/** JSON answers have their form, and statuses, reasons and kinds are few. */
export async function answers() {
  const { data: tried } = await calendar.rpc('try_book', { broker_id: 'b', slot_start: 's' }).throwOnError()
  const reason: Reason | null = tried.ok ? null : tried.reason
  const status: Status | null = tried.ok ? tried.booking.status : null
  const { data: booked } = await calendar.rpc('confirm_booking', { booking_id: 'b' }).throwOnError()
  const booking: Booking = booked
  const link: string | null = booking.meeting_link
  const { data: why } = await calendar
    .rpc('explain_slot', { broker_id: 'b', slot_start: 's', slot_end: 's' }).throwOnError()
  const obstacle: SlotReason | undefined = why.obstacles[0]?.reason
  const { data: rows } = await calendar.from('bookings').select('status').throwOnError()
  const first: Status | undefined = rows[0]?.status
  const { data: overrides } = await calendar.from('availability_overrides').select('kind').throwOnError()
  const kind: OverrideKind | undefined = overrides[0]?.kind
  // @ts-expect-error There is no such status.
  const wrong: boolean = booking.status === 'canceled'
  return { reason, status, link, obstacle, first, kind, wrong }
}
