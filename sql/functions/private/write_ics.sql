create function calendar_private.write_ics(calendar text) returns text
    language c stable strict
    as 'MODULE_PATHNAME', 'calendar_write_ics_wrapper';
comment on function calendar_private.write_ics(text) is
    'An iCalendar stream of {"method", "name", "until", "components": [{"uid", "sequence", "stamp", "title", "description", "url", "organizer", "attendee": {"name", "email"}, and columns of events}]}';
