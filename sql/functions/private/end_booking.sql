create function calendar_private.end_booking(
    booking_id uuid,
    reason text default null,
    access text default null
) returns calendar.booking
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.bookings := calendar_private.lock_booking(booking_id, access);
begin
    perform calendar_private.check_text('reason', reason);
    if _booking.status = 'cancelled' then
        return calendar_private.shown_booking(_booking);
    elsif _booking.status not in ('held', 'pending', 'confirmed') then
        perform calendar_private.raise_wrong_state(_booking, 'held, pending or confirmed');
    end if;
    update calendar.bookings as b
       set status = 'cancelled', cancel_reason = calendar_private.text_or_null(reason), hold_expires_at = null
     where b.id = booking_id
    returning b.* into _booking;
    return calendar_private.shown_booking(_booking);
end
$$;
comment on function calendar_private.end_booking(uuid, text, text) is
    'As calendar.cancel_booking. access: what the caller may do with the broker, owner, service, or public for one that has the booking''s token; null = what the session''s role may';
