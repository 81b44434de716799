create function calendar_private.account_of_push(lease_id uuid) returns uuid
    language sql stable
begin atomic
    select case when o.booking_id is not null
                then (select t.account_id from calendar_private.push_target(o.booking_id) as t)
                else (select c.account_id from calendar.calendars as c where c.id = o.calendar_id) end
      from calendar.outbox as o
     where o.lease_id = account_of_push.lease_id and o.done_at is null
     limit 1;
end;
comment on function calendar_private.account_of_push(uuid) is
    'The account that a leased push writes to; null where it is written to none any more';
