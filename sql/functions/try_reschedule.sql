create function calendar.try_reschedule(
    booking_id uuid,
    slot_start timestamptz,
    slot_end timestamptz default null,
    duration_minutes integer default null
) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return calendar_private.try_change('reschedule', booking_id, null, slot_start, slot_end, duration_minutes);
end
$$;
comment on function calendar.try_reschedule(uuid, timestamptz, timestamptz, integer) is
$$Does what reschedule_booking does, and answers instead of raising, for callers that cannot handle errors.

booking_id, slot_start, slot_end, duration_minutes: as reschedule_booking takes them.

Returns {"ok": true, "booking", "warnings", "speech"} or {"ok": false, "reason", "alternatives", "warnings", "speech"}, as try_book does. "reason" is one of try_book's, booking_not_found or wrong_state.$$;
