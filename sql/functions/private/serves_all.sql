create function calendar_private.serves_all() returns boolean
    language c stable parallel restricted
    as 'MODULE_PATHNAME', 'calendar_serves_all_wrapper';
comment on function calendar_private.serves_all() is
    'Whether the caller may do everything for every broker: calendar_service, sync-agent, and a user that calendar.operators lists';
