create function calendar.list_unwritten(max_rows integer default 100) returns jsonb
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform calendar_private.require_service();
    max_rows := coalesce(max_rows, 100);
    perform calendar_private.check_most('max_rows', max_rows);
    return (
        select coalesce(jsonb_agg(r.shown), '[]')
          from (select jsonb_build_object(
                           'booking_id', b.id, 'broker_id', b.broker_id, 'broker_name', k.name,
                           'calendar_id', t.calendar_id, 'provider', a.provider, 'operation', o.operation,
                           'status', b.status, 'timezone', k.timezone,
                           'slot_start', calendar_private.json_instant(b.slot_start),
                           'slot_end', calendar_private.json_instant(b.slot_end),
                           'since', calendar_private.json_instant(o.created_at), 'attempts', o.attempts,
                           'next_attempt_at', calendar_private.json_instant(o.next_attempt_at),
                           'problem', coalesce(o.last_error, b.problem)) as shown
                  from calendar.outbox as o
                  join calendar.bookings as b on b.id = o.booking_id
                  join calendar.brokers as k on k.id = b.broker_id
                 cross join lateral calendar_private.push_target(b.id) as t
                  join calendar.accounts as a on a.id = t.account_id
                 where o.done_at is null and o.obligation_id is null
                 order by o.id
                 limit max_rows) as r);
end
$$;
comment on function calendar.list_unwritten(integer) is
$$The changes of bookings that are still to be written to providers, the oldest first: [{"booking_id", "broker_id", "broker_name", "calendar_id", "provider", "operation": create|update|delete|look, "status", "timezone": the broker's, "slot_start", "slot_end", "since", "attempts", "next_attempt_at", "problem": why the last attempt failed}]. Instants are in UTC.

max_rows: at most so many, 1 to 1000.

Errors: 42501 for anyone but calendar_service and operators; 22023.$$;
