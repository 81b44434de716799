// What a visitor of a public page can do without a login: hold a slot while filling in a form, book it, and
// later move or cancel the booking with the secret token. `web/` has the same as a page and a component.
import type { Calendar } from './client.js'
import type { BookingPage, Held, OwnBooking, Slot } from './types.js'

/** What a page shows: `ada-brooks`, or `ada-brooks/first-call` for one of her meeting types. */
export async function openPage(calendar: Calendar, page: string): Promise<BookingPage> {
  const { data } = await calendar.rpc('get_booking_page', { page }).throwOnError()
  return data
}

/** The free slots of a page between two instants. */
export async function pageSlots(calendar: Calendar, page: string, from: Date, until: Date): Promise<Slot[]> {
  const { data } = await calendar
    .rpc('get_page_slots', { page, window_start: from.toISOString(), window_end: until.toISOString() })
    .throwOnError()
  return data
}

/**
 * Holds a slot for ten minutes, or moves the visitor's hold to it. `requestId` is made once for a choice
 * (crypto.randomUUID()), so that a lost answer does not leave a hold behind that takes the slot.
 */
export async function holdSlot(
  calendar: Calendar, page: string, slot: Slot, requestId: string, token?: string,
): Promise<Held> {
  const { data } = await calendar
    .rpc('hold_slot', { page, slot_start: slot.slot_start, idempotency_key: requestId, token: token ?? null })
    .throwOnError()
  return data
}

/** Books what is held. `answers` are those to the questions of the meeting type. */
export async function completeHold(
  calendar: Calendar,
  token: string,
  lead: { name: string; email: string; timeZone: string; locale: string },
  answers: Record<string, string | number | boolean> = {},
): Promise<OwnBooking> {
  const { data } = await calendar
    .rpc('complete_hold', {
      token,
      lead_name: lead.name,
      lead_email: lead.email,
      lead_timezone: lead.timeZone,
      lead_locale: lead.locale,
      answers,
    })
    .throwOnError()
  return data
}

/** The visitor's booking. Keep the token in a link's fragment (#…), which no server sees. */
export async function ownBooking(calendar: Calendar, token: string): Promise<OwnBooking> {
  const { data } = await calendar.rpc('get_own_booking', { token }).throwOnError()
  return data
}

/** Moves the visitor's booking; refused (`PT409`, reason `too_late`) shortly before it. */
export async function moveOwn(calendar: Calendar, token: string, slot: Slot): Promise<OwnBooking> {
  const { data } = await calendar
    .rpc('reschedule_own_booking', { token, slot_start: slot.slot_start })
    .throwOnError()
  return data
}

/** Cancels the visitor's booking. */
export async function cancelOwn(calendar: Calendar, token: string, reason: string): Promise<OwnBooking> {
  const { data } = await calendar.rpc('cancel_own_booking', { token, reason }).throwOnError()
  return data
}
