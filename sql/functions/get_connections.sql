create function calendar.get_connections(broker_id uuid default null) returns jsonb
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
    -- A few rows, each found by its key.
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _broker uuid := coalesce(broker_id, calendar_private.own_broker());
    _accounts jsonb;
begin
    perform calendar_private.require_broker(_broker, 'owner');
    select jsonb_agg(jsonb_build_object(
               'id', a.id, 'provider', a.provider, 'display_name', a.display_name, 'status', a.status,
               'problem', a.problem, 'events_kept', a.events_kept,
               'refused_at', calendar_private.json_instant(a.refused_at),
               'created_at', calendar_private.json_instant(a.created_at),
               'upcoming_bookings', (
                   select count(*) from calendar.bookings as b
                     join calendar.calendars as c on c.id = b.calendar_id
                    where b.broker_id = _broker and c.account_id = a.id
                      and b.slot_start > _now and b.status in ('pending', 'confirmed')),
               'unwritten_bookings', (
                   select count(distinct o.booking_id) from calendar.outbox as o
                    where o.broker_id = _broker and o.done_at is null and o.booking_id is not null
                      and exists (select from calendar_private.push_target(o.booking_id) as t where t.account_id = a.id)),
               'calendars', coalesce(k.calendars, '[]'))
               order by a.created_at, a.id)
      into _accounts
      from calendar.accounts as a
      left join lateral (
           select jsonb_agg(jsonb_build_object(
                      'id', c.id, 'display_name', h.display_name, 'external_calendar_id', c.external_calendar_id,
                      'timezone', c.timezone, 'is_primary', c.is_primary, 'is_writable', c.is_writable,
                      'blocks_availability', c.blocks_availability, 'tentative_blocks', c.tentative_blocks,
                      'all_day_blocks', c.all_day_blocks, 'receives_obligations', c.receives_obligations,
                      'obligations_problem', h.obligations_problem, 'sync_enabled', c.sync_enabled,
                      'sync_interval_minutes', c.sync_interval_minutes,
                      'problem', h.problem, 'failures', h.failures, 'rejected', h.rejected,
                      'last_success_at', calendar_private.json_instant(h.last_success_at),
                      'next_attempt_at', calendar_private.json_instant(h.next_attempt_at),
                      'gone_at', calendar_private.json_instant(h.gone_at))
                      order by c.is_primary desc, h.display_name, c.id) as calendars
             from calendar.calendars as c
             join calendar.sync_health as h on h.calendar_id = c.id
            where c.account_id = a.id) as k on true
     where a.broker_id = _broker;
    return jsonb_build_object(
        'broker_id', _broker,
        'local_calendars', (
            select coalesce(jsonb_agg(jsonb_build_object(
                       'id', c.id, 'display_name', c.display_name, 'timezone', c.timezone, 'is_primary', c.is_primary,
                       'blocks_availability', c.blocks_availability) order by c.created_at, c.id), '[]')
              from calendar.calendars as c where c.broker_id = _broker and c.account_id is null),
        'accounts', coalesce(_accounts, '[]'));
end
$$;
comment on function calendar.get_connections(uuid) is
$$The connected accounts of a broker and their calendars: {"broker_id", "accounts": [{"id", "provider", "display_name", "status": active|paused|needs_reconnect|disconnected, "problem": in plain words, "events_kept", "refused_at", "created_at", "upcoming_bookings": how many are written there, "unwritten_bookings": how many wait to be, "calendars": [{"id", "display_name", "external_calendar_id", "timezone", "is_primary", "is_writable", "blocks_availability", "tentative_blocks", "all_day_blocks", "receives_obligations": null = where it is the primary one, "obligations_problem": why the deadlines that it should receive cannot be written to it, "sync_enabled", "sync_interval_minutes", "problem": in plain words, "failures": in a row, "rejected": events that could not be understood, "last_success_at", "next_attempt_at", "gone_at"}]}], "local_calendars": [{"id", "display_name", "timezone", "is_primary", "blocks_availability"}]}. Instants are in UTC.

broker_id: the broker (the caller, where it is one).

Errors: PT404 broker_not_found; 42501 for anyone but the broker and calendar_service; 22023.$$;
