create function calendar.check_availability(
    broker_id uuid,
    requested_time text default null,
    duration_minutes integer default null,
    timezone text default null,
    max_alternatives integer default 3,
    meeting_type text default null
) returns jsonb
    language c stable parallel restricted cost 1000
    as 'MODULE_PATHNAME', 'calendar_check_availability';
comment on function calendar.check_availability(uuid, text, integer, text, integer, text) is
$$Checks whether a broker is free at a time described in words, and offers alternatives with a sentence to read out. Of several times ("Friday at 3 or Thursday at 10") the one that was said first counts first.

broker_id: the broker. requested_time: a phrase as parse_when reads it ("next Tuesday afternoon"), or an ISO 8601 instant; null or empty = any time. duration_minutes: length of the appointment, 1 to 1440 (the broker's slot_duration_minutes). timezone: IANA zone of the phrase and of the answer (the broker's). max_alternatives: 0 to 50. meeting_type: the slug or id of one of the broker's meeting types, whose rules then apply.

Returns {"available", "understood", "requested_time": the instant asked for, null if it is a window, "requested_windows": [{"starts_at", "ends_at"}], "reason": why there is no such slot: disabled, past, horizon, closed, not_synced, full or not_understood; null where there is one, "slot": {"slot_start", "slot_end", "spoken"} that can be booked as asked, or null, "alternatives": other slots [{"slot_start", "slot_end", "spoken"}], nearest first, of several times asked for those that were said first before others; spread over the windows asked for where these are several or 12 hours or longer, "timezone", "now", "synced_at": as of when the calendars are known (null = unknown), "stale": whether that is 15 minutes ago, "speech": a sentence}.

Errors: PT404 broker_not_found or meeting_type_not_found; 22023 names the argument and what is allowed.$$;
