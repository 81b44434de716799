create function calendar.export_ics(
    broker_id uuid,
    window_start timestamptz,
    window_end timestamptz
) returns text
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform calendar_private.require_broker(broker_id, 'owner');
    perform calendar_private.check_instant('window_start', window_start);
    perform calendar_private.check_instant('window_end', window_end);
    if window_end < window_start then
        raise exception 'window_end must not be before window_start, not %', window_end using errcode = '22023';
    end if;
    return calendar_private.broker_ics(broker_id, window_start, window_end);
end
$$;
comment on function calendar.export_ics(uuid, timestamptz, timestamptz) is
$$A broker's calendars and bookings as an iCalendar stream (RFC 5545): recurring events whole, with their moved and cancelled occurrences and with VTIMEZONE; held and pending bookings as tentative. import_ics reads it.

broker_id: the broker. window_start, window_end: UTC instants; what has an occurrence or lies between them is exported.

Errors: PT404 broker_not_found; 42501 for anyone but the broker and calendar_service; 22023.$$;
