create function calendar_private.caller_access(broker_id uuid, meeting_type text default null) returns text
    language c stable parallel restricted
    as 'MODULE_PATHNAME', 'calendar_caller_access_wrapper';
comment on function calendar_private.caller_access(uuid, text) is
    'What the session''s role may do with a broker: service, owner or public; null where the broker is unknown to it. meeting_type: the slug or id of a meeting type that is asked for; the public may see one although it may not see its broker otherwise.';
