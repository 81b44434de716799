create function calendar.parse_when(
    phrase text,
    timezone text,
    reference timestamptz default null
) returns table (kind text, starts_at timestamptz, ends_at timestamptz)
    language c stable parallel restricted cost 100 rows 1
    as 'MODULE_PATHNAME', 'calendar_parse_when';
comment on function calendar.parse_when(text, text, timestamptz) is
$$Reads a date or time as people say it in English: "tomorrow at half past nine", "next Tuesday afternoon", "Friday between 2 and 4", "the third Tuesday of next month", "12/01 at 9" (month first), or an ISO 8601 date or instant. An ambiguous phrase means the nearest time to come. Public holidays of the United States, Canada and the United Kingdom are known by name ("the day after Thanksgiving"), and days can be excluded ("any day but Friday").

phrase: the words. timezone: IANA zone in which they are read, unless they name one. reference: the instant at which they are said (now).

Returns one row (kind instant, starts_at) for a point in time; rows (kind window, starts_at, ends_at) for a period, several in order of time where the words mean several; no row where the words are not understood. A phrase in which an unknown word is beside a time, a day or a zone is not understood.

Errors: 22023 for an unknown zone.$$;
