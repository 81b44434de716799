import type { Calendar } from './client.js'
import type { Slot } from './types.js'

/** What a broker who is logged in has before them, soonest first. */
export async function upcoming(calendar: Calendar) {
  const { data } = await calendar
    .from('upcoming_bookings')
    .select('booking_id, status, local_start, timezone, lead_name, meeting_link, is_written')
    .order('slot_start')
    .limit(50)
    .throwOnError()
  return data
}

/** Holds a slot for some minutes while the lead makes up their mind. */
export async function hold(calendar: Calendar, brokerId: string, slot: Slot, leadId: string) {
  const { data } = await calendar
    .rpc('book_calendar_slot', {
      broker_id: brokerId, ...slot, lead_id: leadId, hold_minutes: 10, created_by: 'website',
    })
    .throwOnError()
  return data.id
}

/** Confirms a held or pending booking; confirming twice changes nothing. */
export async function confirm(calendar: Calendar, bookingId: string) {
  const { data } = await calendar.rpc('confirm_booking', { booking_id: bookingId }).throwOnError()
  return data.status
}

/** Cancels a booking; cancelling twice changes nothing. */
export async function cancel(calendar: Calendar, bookingId: string, reason: string) {
  const { data } = await calendar
    .rpc('cancel_booking', { booking_id: bookingId, reason })
    .throwOnError()
  return data.status
}

/** Blocks time of the broker who is logged in: leave, an errand. */
export async function block(calendar: Calendar, brokerId: string, from: Date, until: Date) {
  await calendar
    .from('availability_overrides')
    .insert({
      broker_id: brokerId, kind: 'block',
      starts_at: from.toISOString(), ends_at: until.toISOString(),
    })
    .throwOnError()
}

/** The URL to which a calendar app subscribes. Anyone who has it can read the calendar. */
export async function feedAddress(calendar: Calendar, url: string, brokerId: string) {
  const { data } = await calendar.rpc('create_feed', { broker_id: brokerId }).throwOnError()
  return `${url}/rest/v1/rpc/feed?token=${data.token}`
}
