create function calendar.explain_availability(
    broker_id uuid,
    window_start timestamptz default null,
    window_end timestamptz default null,
    duration_minutes integer default null,
    meeting_type text default null
) returns jsonb
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _start timestamptz := coalesce(window_start, calendar_private.current_instant());
    _end timestamptz;
    _timezone text;
    _type uuid;
    _slots date[];
    _days jsonb;
begin
    perform calendar_private.require_broker(broker_id, 'owner');
    -- The sum is out of range for the last instants of all.
    perform calendar_private.check_instant('window_start', _start);
    _end := coalesce(window_end, _start + interval '14 days');
    _type := calendar_private.require_meeting_type(broker_id, meeting_type, 'owner');
    _timezone := calendar_private.broker_timezone(broker_id);
    _slots := array(
        select (s.slot_start at time zone _timezone)::date
          from calendar.get_available_slots(
              broker_id, _start, _end, duration_minutes, meeting_type => _type::text) as s);
    select coalesce(jsonb_agg(jsonb_build_object(
               'day', u.date, 'open_minutes', u.open_minutes,
               'busy_minutes', u.busy_minutes + u.booked_minutes,
               'slots', coalesce(n.slots, 0)) order by u.date), '[]')
      into _days
      from calendar.get_utilisation(
               broker_id, (_start at time zone _timezone)::date,
               ((_end - interval '1 microsecond') at time zone _timezone)::date) as u
      left join (select s.date, count(*) as slots from unnest(_slots) as s (date) group by s.date) as n
        on n.date = u.date;
    return jsonb_build_object(
        'slots', cardinality(_slots),
        'reason', case when _slots = '{}'
            then calendar_private.lack_of_slots(broker_id, _start, _end, duration_minutes, _type) end,
        'days', _days);
end
$$;
comment on function calendar.explain_availability(uuid, timestamptz, timestamptz, integer, text) is
$$Why get_available_slots lists what it lists: {"slots": how many, "reason", "days": [{"day", "open_minutes", "busy_minutes", "slots"}]}. "reason" is null where there are slots; else disabled (the broker takes no bookings), horizon (the window lies outside of what can be booked now), closed (no open time), not_synced (not all events are known) or full. "busy_minutes" are those of open time that events and bookings take.

broker_id: the broker. window_start, window_end: UTC instants (now, and 14 days later; at most 366 days). duration_minutes: length of a slot, 1 to 1440 (the broker's slot_duration_minutes). meeting_type: the slug or id of one of the broker's meeting types, whose rules then apply to slots and reason; minutes of days are those of the broker.

Errors: PT404 broker_not_found or meeting_type_not_found; 42501 for anyone but the broker and calendar_service; 22023 names the argument and what is allowed.$$;
