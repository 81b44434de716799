create function calendar_private.parse_ics(ics text, timezone text, owner text) returns text
    language c stable
    as 'MODULE_PATHNAME', 'calendar_parse_ics_wrapper';
comment on function calendar_private.parse_ics(text, text, text) is
    'An iCalendar stream as a batch (JSON) for apply_sync. Floating times are in the zone; "owner" is the e-mail address, or null, by which to find the owner''s own answer to an invitation. Error 22023 where the text is not a complete stream.';
