create function calendar_private.lock_link(
    token text,
    out link calendar.booking_links,
    out booking calendar.bookings
)
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    link := calendar_private.require_link(token);
    -- As a booking is made (DESIGN.md, "Locks").
    perform from calendar.calendars as c where c.broker_id = (link).broker_id and c.is_primary for key share;
    perform calendar_private.lock_broker((link).broker_id);
    -- A transaction that had the lock may have put another hold in its place.
    link := calendar_private.require_link(token);
    booking := calendar_private.lock_booking((link).booking_id, 'public');
end
$$;
comment on function calendar_private.lock_link(text) is
    'The link of a secret token and its booking, locked with its broker. PT401 token_unknown as of require_link.';
