create function calendar.try_decline(booking_id uuid, reason text default null) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return calendar_private.try_change('decline', booking_id, reason);
end
$$;
comment on function calendar.try_decline(uuid, text) is
$$Does what decline_booking does, and answers instead of raising, for callers that cannot handle errors.

booking_id, reason: as decline_booking takes them.

Returns {"ok": true, "booking", "warnings", "speech"} or {"ok": false, "reason", "alternatives", "warnings", "speech"}, as try_book does. "reason" is one of try_book's, booking_not_found or wrong_state.$$;
