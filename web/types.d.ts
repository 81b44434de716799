// The types of the modules in this directory, for `tsc --checkJs`. No browser loads this file.

/** What a page of section "Visitors" returns: see get_booking_page. */
type Page = { page: string, broker_name: string, timezone: string, types: Type[] };
type Type = {
  page: string, slug: string | null, name: string | null, description: string | null, durations: number[],
  requires_confirmation: boolean, location_kind: 'provider' | 'phone' | 'in_person' | 'link' | null,
  location: string | null, questions: Question[], lock_timezone: boolean, change_until_minutes: number,
};
type QuestionKind = 'text' | 'choice' | 'email' | 'phone' | 'number' | 'checkbox';
type Question = { name: string, label: string, kind: QuestionKind, required?: boolean, choices?: string[] };
type Slot = { slot_start: string, slot_end: string };
/** What get_own_booking returns. */
type Booking = {
  id: string, page: string | null, status: string, slot_start: string, slot_end: string, duration_minutes: number,
  timezone: string, broker_name: string, meeting_type: string | null, location_kind: string | null,
  location: string | null, meeting_link: string | null, lead_timezone: string | null, is_declined: boolean,
  can_change: boolean, change_until: string | null, ics: string | null,
};
/** A reservation, by the clock of the visitor's machine: since, until and total are milliseconds. */
type Hold = {
  token: string, booking: string, slot_start: string, slot_end: string,
  since: number, until: number, total: number, fields?: Fields,
};
/** What was typed. */
type Fields = Record<string, string | boolean>;
/** A field of the form; `long` has several lines, `missing` is the word for no answer. */
type Asked = {
  name: string, label: string, kind: QuestionKind | 'long', required: boolean, choices?: string[],
  missing: string, autocomplete?: string, example?: string,
};
/**
 * offline: no answer, or none from the database. conflict: the slot or the state forbids it. limited:
 * too many requests. unknown: no such page or token. input: an argument was refused. signedOut: the JWT has ended.
 */
type Kind = 'offline' | 'conflict' | 'limited' | 'unknown' | 'denied' | 'input' | 'signedOut' | 'failed';
/** DETAIL of an error. */
type RefusalDetail = { reason?: string, alternatives?: Slot[], retry_after?: number };
/** A JWT, from the page that signs in. */
type AccessToken = () => string | null | Promise<string | null>;
/** New York · EST, UTC−5; New York, EST (UTC−5); New York, EST; EST, UTC−5 */
type ZoneForm = 'label' | 'text' | 'short' | 'offset';
type Tone = 'bad' | 'warn' | 'good';
type Step = 'loading' | 'message' | 'types' | 'times' | 'form' | 'done' | 'move' | 'ask';
/** What can be in an element: false is nothing. */
type Child = Node | string | null | undefined | false;
/** Sentences by key; those that count something have a form for each plural. */
type Dictionary = Record<string, string | (Partial<Record<Intl.LDMLPluralRule, string>> & { other: string })>;

/** What a visit knows and does: see booking/visit.js. */
type Visit = {
  api: Api, page: string, zone: string, info: Page | null, type: Type | null, duration: number | null,
  /** 2026-12, and the free times of its days; `after` is the first free day later, where it has none. */
  month: string, days: Map<string, number> | null, after: string | null,
  day: string | null, slots: Slot[] | null, hold: Hold | null, booking: Booking | null,
  /** Of the secret link. */
  token: string,
  /** The times of the next days, asked before the days, and until when. */
  soon: Promise<Slot[] | null> | null, soonUntil: number,
  /** What was last asked to be reserved, and by which idempotency key. */
  asked: string, key: string,
  readonly today: string,
  readonly firstFree: string | null,
  readPage(page: string): Promise<Page>,
  chooseType(type: Type): void,
  ask(name: string, parameters: Record<string, string>): Promise<any>,
  askDays(): Promise<FreeDay[]>,
  takeDays(rows: FreeDay[]): void,
  slotsWithin(from: string, until: string): Promise<Slot[]>,
  askSoon(): void,
  askSlots(day: string): Promise<Slot[]>,
  /** The three nearest free times. */
  look(start: string): Promise<Slot[]>,
  reserve(start: string): Promise<Hold>,
  extend(): Promise<Hold | null>,
  keepHold(answer: any, fields?: Fields, before?: number): Hold,
  /** Calls a function that returns the booking. */
  own(name: string, parameters?: Record<string, any>): Promise<Booking>,
  complete(details: Record<string, any>): Promise<Booking>,
  store(): void,
  restore(): void,
};
type FreeDay = { day: string, slots: number };

/** What is on the screen, by its step. */
type Parts = { month?: Month, dayTimes?: DayTimes, form?: Form, summary?: Summary, done?: Done, moveAsk?: MoveAsk };

/** What the views get. */
type BookingScreen = import('./calendar-booking.js').CalendarBooking;
type Refusal = import('./shared/core.js').Refusal;
type Api = import('./shared/core.js').Api;
type Times = import('./shared/core.js').Times;
type Words = import('./shared/core.js').Words;
type Month = ReturnType<typeof import('./booking/days.js').monthGrid>;
type DayTimes = ReturnType<typeof import('./booking/days.js').dayTimes>;
type Form = import('./booking/form.js').Form;
type Summary = import('./booking/form.js').Summary;
type Done = import('./booking/form.js').Done;
type MoveAsk = import('./booking/form.js').MoveAsk;

/** A tab of the console. `figures` reads what may change beside what is under the pointer; `searches`: what is searched for is shown there. */
type ConsoleView = { node: HTMLElement, searches?: boolean, read(search: string): Promise<void>, figures?(): Promise<unknown> };
