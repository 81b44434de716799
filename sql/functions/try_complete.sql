create function calendar.try_complete(booking_id uuid) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return calendar_private.try_change('complete', booking_id);
end
$$;
comment on function calendar.try_complete(uuid) is
$$Does what complete_booking does, and answers instead of raising, for callers that cannot handle errors.

booking_id: as complete_booking takes it.

Returns {"ok": true, "booking", "warnings", "speech"} or {"ok": false, "reason", "alternatives", "warnings", "speech"}, as try_book does. "reason" is one of try_book's, booking_not_found or wrong_state.$$;
