create function calendar_private.spoken(instant timestamptz, timezone text) returns text
    language c stable strict parallel restricted
    as 'MODULE_PATHNAME', 'calendar_spoken_wrapper';
comment on function calendar_private.spoken(timestamptz, text) is
    'An instant as it is said on the telephone, in an IANA zone: Tuesday, December 1st at 3:30 PM Eastern';
