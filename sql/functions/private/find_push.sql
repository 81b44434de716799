create function calendar_private.find_push(lease_id uuid) returns calendar.bookings
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking_id uuid;
begin
    select o.booking_id into _booking_id from calendar.outbox as o
     where o.lease_id = find_push.lease_id and o.done_at is null
     limit 1;
    if not found then
        perform calendar_private.raise_lease_lost();
    end if;
    return calendar_private.lock_booking(_booking_id);
end
$$;
comment on function calendar_private.find_push(uuid) is
    'The booking that a push has leased, locked. PT409 lease_lost where another agent has taken over or the push has ended.';
