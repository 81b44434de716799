create function calendar_private.recurrence_key(recurrence_id text) returns text
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'calendar_recurrence_key_wrapper';
comment on function calendar_private.recurrence_key(text) is
    'A recurrence id (date or instant) as events.recurrence_id holds it. Error 22023 for anything else.';
