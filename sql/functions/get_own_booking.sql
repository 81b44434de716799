create function calendar.get_own_booking(token text) returns jsonb
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _link calendar.booking_links := calendar_private.require_link(token);
    _booking calendar.bookings;
begin
    select b.* into _booking from calendar.bookings as b where b.id = _link.booking_id;
    return calendar_private.own_booking_json(_booking);
end
$$;
comment on function calendar.get_own_booking(text) is
$$The booking of a secret token, as its lead may see it: {"id", "page": the public page on which it can be moved, or null, "status", "slot_start", "slot_end", "duration_minutes", "timezone": the broker's, "broker_name", "meeting_type": its name, "location_kind", "location", "meeting_link", "lead_name", "lead_email", "lead_phone", "lead_timezone", "lead_locale", "notes", "answers", "cancel_reason", "is_declined", "hold_expires_at", "can_change", "change_until": the instant until which the lead may move or cancel it, "ics": an iCalendar stream, null for a hold}.

token: as hold_slot or create_booking_link returned it; it is valid until the booking has been over for a day.

Errors: PT401 token_unknown; 22023.$$;
