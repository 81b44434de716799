create function calendar_private.current_instant() returns timestamptz
    language c stable parallel safe
    as 'MODULE_PATHNAME', 'calendar_current_instant_wrapper';
comment on function calendar_private.current_instant() is
    'The present: the start of the current statement, or what the superuser-only setting calendar.now says (an ISO 8601 instant; empty = the real clock). Error 22023 where that is not a valid instant.';
