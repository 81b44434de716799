create function calendar_private.is_recurrence(lines text) returns boolean
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'calendar_is_recurrence_wrapper';
comment on function calendar_private.is_recurrence(text) is
    'True for recurrence lines (RFC 5545 section 3.8.5). Error 22023 for anything else, saying what is wrong.';
