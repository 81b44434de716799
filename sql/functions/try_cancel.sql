create function calendar.try_cancel(booking_id uuid, reason text default null) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return calendar_private.try_change('cancel', booking_id, reason);
end
$$;
comment on function calendar.try_cancel(uuid, text) is
$$Does what cancel_booking does, and answers instead of raising, for callers that cannot handle errors.

booking_id, reason: as cancel_booking takes them.

Returns {"ok": true, "booking", "warnings", "speech"} or {"ok": false, "reason", "alternatives", "warnings", "speech"}, as try_book does. "reason" is one of try_book's, booking_not_found or wrong_state.$$;
