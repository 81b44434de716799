create function calendar.list_failures(
    only_open boolean default true,
    before_id bigint default null,
    max_rows integer default 100
) returns jsonb
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
                           'id', f.id, 'broker_id', f.broker_id, 'broker_name', b.name,
                           'calendar_id', f.calendar_id, 'display_name', coalesce(c.display_name, c.external_calendar_id),
                           'booking_id', f.booking_id, 'timezone', b.timezone,
                           'slot_start', calendar_private.json_instant(k.slot_start),
                           'message', case when n.id is not null then jsonb_build_object(
                               'id', n.id, 'kind', n.kind, 'channel', n.channel, 'recipient', n.recipient) end,
                           'operation', f.operation, 'reason', f.reason,
                           'logged_at', calendar_private.json_instant(f.logged_at),
                           'resolution', f.resolution, 'resolved_at', calendar_private.json_instant(f.resolved_at),
                           'note', f.note) as shown
                  from calendar.failure_logs as f
                  left join calendar.brokers as b on b.id = f.broker_id
                  left join calendar.calendars as c on c.id = f.calendar_id
                  left join calendar.bookings as k on k.id = f.booking_id
                  left join calendar.notifications as n on n.id = f.notification_id
                 where f.id < coalesce(before_id, 9223372036854775807)
                   and (only_open is false or f.resolved_at is null)
                 order by f.id desc
                 limit max_rows) as r);
end
$$;
comment on function calendar.list_failures(boolean, bigint, integer) is
$$What failed, the newest first: [{"id", "broker_id": null where a message about an alert was not sent, "broker_name", "calendar_id", "display_name", "booking_id", "timezone": the broker's, "slot_start", "message": {"id", "kind", "channel", "recipient"} where a message was not sent, "operation", "reason": in plain words, "logged_at", "resolution": retried|dismissed|null, "resolved_at", "note"}]. Instants are in UTC.

only_open: those that are neither retried nor dismissed alone. before_id: those with a smaller number alone, for the next page. max_rows: at most so many, 1 to 1000.

Errors: 42501 for anyone but calendar_service and operators; 22023.$$;
grant execute on function calendar.list_failures(boolean, bigint, integer) to calendar_agent;
