// What the database's catalogue cannot say about the schema: which texts a column may have, what is in
// JSON, and that null means the default. `database.types.ts` is generated; this refines it.
import type { Database as Generated, Json } from './database.types.js'

type Schema = Generated['calendar']

export type Status = 'held' | 'pending' | 'confirmed' | 'cancelled' | 'completed' | 'no_show' | 'failed'
export type Provider = 'google' | 'microsoft' | 'caldav' | 'ics' | 'ghl'
export type AccountStatus = 'active' | 'paused' | 'needs_reconnect' | 'disconnected'
export type OverrideKind = 'block' | 'open' | 'replace'
export type EventStatus = 'confirmed' | 'tentative' | 'cancelled'
export type Transparency = 'opaque' | 'transparent'

/** Why a slot cannot be booked: `reason` in the details of `PT409`. */
export type SlotReason =
  | 'taken' | 'outside_hours' | 'off_grid' | 'past' | 'notice' | 'horizon' | 'daily_limit'
  | 'disabled' | 'lead_busy' | 'not_synced'
/** Why a function that answers, such as `try_book`, did not do what it was asked for. */
export type Reason =
  | SlotReason | 'broker_not_found' | 'booking_not_found' | 'idempotency_key_reused' | 'rate_limited'
  | 'not_allowed' | 'wrong_state' | 'invalid'
/** Why a list of slots is empty. */
export type Lack = 'disabled' | 'past' | 'not_synced' | 'horizon' | 'closed' | 'full'

/** A slot, its ends as UTC instants in ISO 8601. */
export type Slot = { slot_start: string; slot_end: string }
/** A slot that is to be read out. */
export type SpokenSlot = Slot & { spoken: string }

type Row = Schema['CompositeTypes']['booking']
/** What no booking is without. */
type Given =
  | 'id' | 'broker_id' | 'slot_start' | 'slot_end' | 'timezone'
  | 'created_by' | 'created_at' | 'updated_at'
/** A booking as every function returns it. */
export type Booking = { [K in keyof Row]: K extends 'status' ? Status : K extends Given ? NonNullable<Row[K]> : Row[K] }

/** The details of `PT409 slot_unavailable`. */
export type Unavailable = { reason: SlotReason; alternatives: Slot[] }

/** What `try_book`, `try_confirm` and the others answer. */
export type Tried =
  | { ok: true; booking: Booking; warnings: string[]; speech: string }
  | { ok: false; reason: Reason; alternatives: SpokenSlot[]; warnings: string[]; speech: string; message?: string }

/** What `check_availability` answers. */
export type Availability = {
  available: boolean
  understood: boolean
  requested_time: string | null
  requested_windows: { starts_at: string; ends_at: string }[]
  reason: Lack | 'not_understood' | null
  slot: SpokenSlot | null
  alternatives: SpokenSlot[]
  timezone: string
  now: string
  synced_at: string | null
  stale: boolean
  speech: string
}

/** What `explain_availability` answers. */
export type Explanation = {
  slots: number
  reason: Exclude<Lack, 'past'> | null
  days: { day: string; open_minutes: number; busy_minutes: number; slots: number }[]
}

/** What `explain_slot` answers. */
export type SlotExplanation = {
  bookable: boolean
  reason: SlotReason | null
  obstacles: {
    reason: SlotReason
    source?: 'event' | 'booking' | 'override' | 'calendar'
    id?: string
    title?: string
    calendar?: string
    status?: string
    kind?: OverrideKind
    starts_at?: string
    ends_at?: string
    recurrence?: string
  }[]
  now: string
}

/** What `apply_sync` and `import_ics` answer. */
export type Changes = {
  created: number
  updated: number
  deleted: number
  unchanged: number
  rejected?: { external_event_id: string | null; reason: string }[]
  repaired?: { external_event_id: string | null; reason: string }[]
}

/** A question of a meeting type; `choices` where the kind is choice. */
export type Question = {
  name: string
  label: string
  kind: 'text' | 'choice' | 'email' | 'phone' | 'number' | 'checkbox'
  required?: boolean
  choices?: string[]
}
export type LocationKind = 'provider' | 'phone' | 'in_person' | 'link'

/** What `get_booking_page` answers. */
export type BookingPage = {
  page: string
  broker_name: string
  timezone: string
  types: {
    page: string
    slug: string | null
    name: string | null
    description: string | null
    durations: number[]
    requires_confirmation: boolean
    location_kind: LocationKind | null
    location: string | null
    questions: Question[]
    lock_timezone: boolean
    change_until_minutes: number
  }[]
}

/** What `hold_slot` and `extend_hold` answer. */
export type Held = Slot & { token: string; booking: string; hold_expires_at: string }

/** What a visitor with the token of a booking sees. */
export type OwnBooking = Slot & {
  id: string
  page: string | null
  status: Status
  duration_minutes: number
  timezone: string
  broker_name: string
  meeting_type: string | null
  location_kind: LocationKind | null
  location: string | null
  meeting_link: string | null
  lead_name: string | null
  lead_email: string | null
  lead_phone: string | null
  lead_timezone: string | null
  lead_locale: string | null
  notes: string | null
  answers: Json | null
  cancel_reason: string | null
  is_declined: boolean
  hold_expires_at: string | null
  can_change: boolean
  change_until: string
  ics: string | null
}

/** What `get_connections` answers. */
export type Connections = {
  broker_id: string
  accounts: {
    id: string
    provider: Provider
    display_name: string | null
    status: AccountStatus
    problem: string | null
    events_kept: boolean
    refused_at: string | null
    created_at: string
    upcoming_bookings: number
    unwritten_bookings: number
    calendars: {
      id: string
      display_name: string
      external_calendar_id: string
      timezone: string
      is_primary: boolean
      is_writable: boolean
      blocks_availability: boolean
      tentative_blocks: boolean
      all_day_blocks: boolean
      sync_enabled: boolean
      sync_interval_minutes: number | null
      problem: string | null
      failures: number
      rejected: number
      last_success_at: string | null
      next_attempt_at: string | null
      gone_at: string | null
    }[]
  }[]
  local_calendars: {
    id: string
    display_name: string | null
    timezone: string
    is_primary: boolean
    blocks_availability: boolean
  }[]
}

/** What `request_sync` answers. */
export type SyncRequest = {
  bookings: number
  calendars: {
    calendar_id: string
    display_name: string
    state: 'due' | 'under_way' | 'paused' | 'off'
    paused_until: string | null
  }[]
}

/** What `import_brokers` answers, for each row. */
export type Imported = { line: Json | null; broker_id: string; account_id: string | null; is_new: boolean }

/** What functions return where the catalogue says JSON, or a type whose fields may all be null. */
type Answers = {
  apply_sync: Changes
  book_calendar_slot: Booking
  cancel_booking: Booking
  cancel_own_booking: OwnBooking
  check_availability: Availability
  complete_booking: Booking
  complete_hold: OwnBooking
  confirm_booking: Booking
  decline_booking: Booking
  explain_availability: Explanation
  explain_slot: SlotExplanation
  extend_hold: Held
  get_booking_page: BookingPage
  get_connections: Connections
  get_own_booking: OwnBooking
  hold_slot: Held
  import_brokers: Imported[]
  import_ics: Changes
  mark_no_show: Booking
  request_sync: SyncRequest
  reschedule_booking: Booking
  reschedule_own_booking: OwnBooking
  retry_failure: { retries: 'booking' | 'calendar' | 'nothing' }
  retell: Tried | Availability | { ok: true; bookings: Booking[]; speech: string }
  try_book: Tried
  try_cancel: Tried
  try_complete: Tried
  try_confirm: Tried
  try_decline: Tried
  try_no_show: Tried
  try_reschedule: Tried
}

/** Columns that may have a few texts only. */
type Columns = {
  accounts: { provider: Provider; status: AccountStatus }
  availability_overrides: { kind: OverrideKind }
  bookings: { status: Status }
  events: { status: EventStatus; transparency: Transparency }
  sync_health: { provider: Provider; account_status: AccountStatus }
  upcoming_bookings: { status: 'held' | 'pending' | 'confirmed' }
}

type Refined<R, C> = { [K in keyof R]: K extends keyof C ? C[K] | Extract<R[K], null | undefined> : R[K] }
type Relations<T> = {
  [N in keyof T]: {
    [P in keyof T[N]]: P extends 'Row' | 'Insert' | 'Update'
      ? Refined<T[N][P], N extends keyof Columns ? Columns[N] : unknown>
      : T[N][P]
  }
}
/** Arguments, of which those with a default may be null. */
type Arguments<A> = string extends keyof A
  ? A
  : { [K in keyof A]: {} extends Pick<A, K> ? A[K] | null : A[K] }
type Functions<F> = {
  [N in keyof F]: {
    [P in keyof F[N]]: P extends 'Args' ? Arguments<F[N][P]>
      : P extends 'Returns' ? (N extends keyof Answers ? Answers[N] : F[N][P])
      : F[N][P]
  }
}

/** The schema `calendar`, for supabase-js. */
export type Database = {
  calendar: Omit<Schema, 'Tables' | 'Views' | 'Functions'> & {
    Tables: Relations<Schema['Tables']>
    Views: Relations<Schema['Views']>
    Functions: Functions<Schema['Functions']>
  }
}
