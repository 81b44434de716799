create function calendar_private.fail_booking(booking calendar.bookings, reason text) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    update calendar.bookings as b
       set status = 'failed', cancel_reason = reason
     where b.id = booking.id;
    insert into calendar.failure_logs (broker_id, calendar_id, booking_id, operation, reason)
    values (booking.broker_id, booking.calendar_id, booking.id, 'push', reason);
end
$$;
comment on function calendar_private.fail_booking(calendar.bookings, text) is
    'Marks a booking as failed, and says why in failure_logs; its slot is free again';
