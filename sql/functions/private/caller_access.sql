create function calendar_private.caller_access(broker_id uuid) returns text
    language c stable parallel restricted
    as 'MODULE_PATHNAME', 'calendar_caller_access_wrapper';
comment on function calendar_private.caller_access(uuid) is
    'What the session''s role may do with a broker: service, owner or public; null where the broker is unknown to it';
