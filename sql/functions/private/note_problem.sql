create function calendar_private.note_problem(booking calendar.bookings, problem text) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    if booking.problem is not distinct from note_problem.problem then
        return;
    end if;
    update calendar.bookings as b set problem = note_problem.problem where b.id = booking.id;
    if note_problem.problem is not null then
        insert into calendar.failure_logs (broker_id, calendar_id, booking_id, operation, reason)
        values (booking.broker_id, booking.calendar_id, booking.id, 'push', note_problem.problem);
    end if;
end
$$;
comment on function calendar_private.note_problem(calendar.bookings, text) is
    'Sets the problem of a booking, null = nothing is wrong, and records a new one in failure_logs';
