create function calendar_private.close_booking(booking_id uuid, status text) returns calendar.booking
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.bookings := calendar_private.lock_booking(booking_id);
begin
    if _booking.status not in ('confirmed', 'completed', 'no_show') then
        perform calendar_private.raise_wrong_state(_booking, 'confirmed, completed or no_show');
    elsif _booking.slot_start > calendar_private.current_instant() then
        perform calendar_private.raise_wrong_state(_booking, null, 'The booking must have begun.');
    elsif _booking.status <> close_booking.status then
        update calendar.bookings as b
           set status = close_booking.status
         where b.id = booking_id
        returning b.* into _booking;
    end if;
    return calendar_private.shown_booking(_booking);
end
$$;
comment on function calendar_private.close_booking(uuid, text) is
    'Says what became of a confirmed booking, once it has begun: completed or no_show. Each undoes the other.';
