create function calendar.try_no_show(booking_id uuid) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return calendar_private.try_change('no_show', booking_id);
end
$$;
comment on function calendar.try_no_show(uuid) is
$$Does what mark_no_show does, and answers instead of raising, for callers that cannot handle errors.

booking_id: as mark_no_show takes it.

Returns {"ok": true, "booking", "warnings", "speech"} or {"ok": false, "reason", "alternatives", "warnings", "speech"}, as try_book does. "reason" is one of try_book's, booking_not_found or wrong_state.$$;
