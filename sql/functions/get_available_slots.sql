create function calendar.get_available_slots(
    broker_id uuid,
    window_start timestamptz default null,
    window_end timestamptz default null,
    duration_minutes integer default null,
    increment_minutes integer default null,
    preferred_days integer[] default null,
    preferred_period text default null,
    timezone text default null,
    max_slots integer default null,
    meeting_type text default null
) returns table (slot_start timestamptz, slot_end timestamptz)
    language c stable parallel restricted cost 1000 rows 100
    as 'MODULE_PATHNAME', 'calendar_get_available_slots';
comment on function calendar.get_available_slots(uuid, timestamptz, timestamptz, integer, integer, integer[], text, text, integer, text) is
$$The slots of a broker that can be booked now, in order.

broker_id: the broker. window_start, window_end: UTC instants that slots must lie between (now, and 14 days later; at most 366 days). duration_minutes: length of a slot, 1 to 1440 (the broker's slot_duration_minutes). increment_minutes: minutes from one slot's start to the next, a multiple of the broker's slot_increment_minutes. preferred_days: ISO weekdays, 1 = Monday to 7 = Sunday. preferred_period: morning (05-12), afternoon (12-17) or evening (17-22). timezone: IANA zone in which the preferences are read (the broker's). max_slots: at most so many. meeting_type: the slug or id of one of the broker's meeting types, whose rules then apply; its first duration is the length where none is named.

Errors: PT404 broker_not_found or meeting_type_not_found; 22023 names the argument and what is allowed.$$;
