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
/** A reservation, by the clock of the visitor's machine alone, which may be wrong: since, until and total are milliseconds. */
type Hold = {
  token: string, booking: string, slot_start: string, slot_end: string,
  since: number, until: number, total: number, fields?: Fields,
};
/** What was typed. */
type Fields = Record<string, string | boolean>;
/** A field of the form; `long` has several lines, `missing` is the word for no answer. */
type Asked = {
  id: string, name: string, label: string, kind: QuestionKind | 'long', required: boolean, choices?: string[],
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
  /** Of the reservation, or the booking. */
  readonly start: string,
  readonly today: string,
  readonly firstFree: string | null,
  /** Reads the booking of a secret link, or the page. */
  open(token: string | null): Promise<true>,
  /** Reads the page, and the days of its month. */
  readPage(): Promise<void>,
  /** Reads the booking, and its page, where that is public. */
  readOwn(token: string): Promise<void>,
  readInfo(page: string): Promise<Page>,
  chooseType(type: Type): void,
  ask(name: string, parameters: Record<string, string>): Promise<any>,
  askDays(): Promise<FreeDay[]>,
  takeDays(rows: FreeDay[]): void,
  slotsWithin(from: string, until: string): Promise<Slot[]>,
  /** The times of the first days need not wait for the days. */
  askSoon(): void,
  askSlots(day: string): Promise<Slot[]>,
  /** The three free times that are nearest to that of the reservation. */
  look(): Promise<Slot[]>,
  reserve(start: string): Promise<Hold>,
  extend(): Promise<Hold | null>,
  keepHold(answer: any, fields?: Fields, before?: number): Hold,
  /** Calls a function that returns the booking. */
  own(name: string, parameters?: Record<string, any>): Promise<Booking>,
  complete(details: Record<string, any>): Promise<Booking>,
  store(): void,
  restore(): void,
};
type VisitOf = (api: Api, page: string, zone: string) => Visit;
type FreeDay = { day: string, slots: number };

/** What is on the screen, by its step. */
type Parts = { month?: Month, dayTimes?: DayTimes, form?: Form, summary?: Summary, done?: Done, moveAsk?: MoveAsk };
/** A field of the form, and what was typed there: as it is kept, and as it is sent. */
type Field = {
  name: string, node: HTMLElement, control: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement,
  readonly kept: string | boolean, readonly answer: string | boolean | number | null,
  check(): boolean,
  /** By a word of the dictionary; null for nothing. */
  refuse(word: string | null): void,
};
type FieldOf = (say: Say, asked: Asked, value: string | boolean | null) => Field;
type AddField = (name: string, kind: Asked['kind'], label: string, more?: Partial<Asked>) => void;
type Form = {
  node: HTMLElement, heading: HTMLElement, notice: HTMLElement,
  sending(isSending: boolean): void,
  /** Whether the message of the database is about a field, which then says so. */
  refused(message: string): boolean,
  /** `lost`: another time has to be chosen first. */
  setLost(lost: boolean): void,
  lost(title: string, slots: Slot[]): void,
  lapsed(start: string): void,
};

/** What <calendar-booking> shows and does: see calendar-booking.js. The views get it. */
type BookingScreen = Choosing & {
  host: import('./calendar-booking.js').CalendarBooking,
  times: Times, say: Say, visit: Visit, step: Step, parts: Parts,
  /** Whether something was asked for of which the answer is awaited. */
  isActing: boolean,
  /** What has just been done, for the heading of the booking. */
  news: string,
  loading: Attempt, reading: Attempt, acting: Attempt,
  start(): Promise<void>,
  begin(): void,
  leave(): void,
  message(title: string, text: string): void,
  /** In the history, `isNew` where Back is to lead here again; and in the address, where that has the token of the booking. */
  note(step: string, isNew: boolean, address?: string): void,
  /** `wanted`: the time to which the booking may be moved. */
  show(step: Step, wanted?: Slot): void,
  popped(): void,
  focusStart(): void,
  /** Brings a part into view, with the focus. */
  lead(part?: { heading: HTMLElement, node: HTMLElement }): void,
  timeOf(start: string): string,
  /** The token of the secret link, in the address. */
  addressToken(): string | null,
  openTimes(isNew?: boolean): void,
  backToTimes(): void,
  backToDays(): void,
  backToBooking(): void,
  chooseSlot(slot: Slot): void,
  /** One thing at a time. `start` is the time that it is about. */
  act<T>(action: () => Promise<T>, done: (result: NonNullable<T>) => void, start?: string): Promise<void>,
  reserve(start: string): void,
  extend(): void,
  lapse(): void,
  complete(details: Record<string, any>): void,
  showBooking(news: string, booking: Booking, address?: string): void,
  startMove(): void,
  move(slot: Slot): void,
  cancel(): void,
  bookAnother(): void,
  /** A notice near what it is about. */
  showNear(what: Node | null, isLost?: boolean): void,
  failed(error: unknown, again: () => void): void,
  refused(error: unknown, start: string, again: () => void): void,
};
/** How a day and its times are chosen. */
type Choosing = {
  update(): void,
  /** Does something that may fail, and can be tried again then. */
  read<T>(attempt: Attempt, action: () => Promise<T>, done: (result: NonNullable<T>) => void): Promise<void>,
  readDays(): Promise<void>,
  pickDay(): void,
  readSlots(day: string): void,
  chooseDay(day: string): void,
  goToDay(day: string): void,
  chooseZone(zone: string): void,
};
type Notice = (tone: Tone, title: string, text?: Child, buttons?: Node[]) => HTMLElement;
/** Buttons of free times near one that is not. */
type Alternatives = (screen: BookingScreen, slots: Slot[], choose: (slot: Slot) => void) => Node[];
type Month = ReturnType<typeof import('./booking/days.js').monthGrid>;
type DayTimes = ReturnType<typeof import('./booking/days.js').dayTimes>;
type Summary = ReturnType<typeof import('./booking/form.js').summaryOf>;
type Done = ReturnType<typeof import('./booking/form.js').doneOf>;
type MoveAsk = ReturnType<typeof import('./booking/form.js').moveAskOf>;

/** A node with its attributes and listeners, and what is in it. */
type Make = <Name extends keyof HTMLElementTagNameMap>(name: Name, attributes?: Record<string, any>, ...children: (Child | Child[])[]) => HTMLElementTagNameMap[Name];
type MakeButton = (look: string, click: (() => void) | null, text: Child) => HTMLButtonElement;
type Fill = (node: Node, ...children: (Child | Child[])[]) => void;
/** An attribute that is "true", or not there. */
type Mark = (node: Element, name: string, isOn: unknown) => void;
/** What is made of each item of a list. */
type Each = <Item, Made>(list: Iterable<Item>, make: (item: Item) => Made) => Made[];
/** Into a list that is sorted by `rank`. */
type Insert = <T>(sorted: T[], item: T, rank: (item: T) => string | number) => void;
/** A sentence of the dictionary, with its values. */
type Say = (key: string, values?: Record<string, string | number>) => string;
/** Times as a language writes them; the names of the formats are in shared/core.js. */
type Times = {
  locale: string, firstWeekday: number, direction: string,
  format(name: string, zone: string): Intl.DateTimeFormat,
  write(name: string, when: string, zone?: string): string,
  span(slot: Slot, zone: string): string,
  zoneName(form: ZoneForm, ms: number, zone: string): string,
};
/** The database, by PostgREST. */
type Api = {
  base: string,
  get(path: string, parameters: Record<string, any>): Promise<any>,
  call(name: string, parameters: Record<string, any>): Promise<any>,
  send(method: string, path: string, body?: string): Promise<any>,
};
type ApiOf = (base: string, key: string | null, accessToken?: AccessToken | null) => Api;
/** Tries until there is a connection; answers nothing where another try has begun since. */
type Attempt = { turn: number, run<T>(action: () => Promise<T>): Promise<T | undefined> };
/** `onOffline` gets what tries again at once; null when there is a connection. */
type AttemptOf = (onOffline: (again: (() => void) | null) => void) => Attempt;
/** Why something did not work. */
type Refusal = Error & { kind: Kind, reason: string, alternatives: Slot[], retryAfter: number };
type RefusalOf = (kind: Kind, message: string, detail?: RefusalDetail) => Refusal;
/** An event of the element. `detail`: ids and times, never names. */
type Emit = (type: string, detail: Record<string, unknown>) => void;

/** A tab of the console. `figures` reads what may change beside what is under the pointer; `searches`: what is searched for is shown there. */
type ConsoleView = { node: HTMLElement, searches?: boolean, read(search: string): Promise<void>, figures?(): Promise<unknown> };
