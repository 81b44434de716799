create function calendar_private.unknown_args(args jsonb) returns text[]
    language sql immutable
    set search_path = pg_catalog, pg_temp
return array(
    select format('%s was left out, because there is no such argument', calendar_private.quoted(k.key))
      from jsonb_object_keys(args) as k (key)
     where k.key not in ('action', 'broker_id', 'booking_id', 'requested_time', 'slot_start', 'duration_minutes', 'timezone',
                         'lead_id', 'lead_name', 'lead_email', 'lead_phone', 'title', 'notes', 'reason', 'meeting_type', 'answers',
                         -- Retell's own: what its agent says while it waits.
                         'execution_message')
     order by k.key limit 10);
comment on function calendar_private.unknown_args(jsonb) is
    'Warnings about arguments that no function of a voice agent has: it goes on without them, because asking a caller on the telephone again would not help';
