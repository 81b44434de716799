create function calendar_private.leased_obligation(lease_id uuid) returns table (obligation_id uuid, calendar_id uuid)
    language sql stable rows 1
begin atomic
    select o.obligation_id, o.calendar_id from calendar.outbox as o
     where o.lease_id = leased_obligation.lease_id and o.done_at is null and o.obligation_id is not null
     limit 1;
end;
comment on function calendar_private.leased_obligation(uuid) is
    'The deadline, and the calendar, that a push has leased; no row where it has leased a booking';
