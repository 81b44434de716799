create function calendar_private.end_push(lease_id uuid) returns void
    language sql volatile
begin atomic
    update calendar.outbox as o
       set done_at = calendar_private.current_instant(), last_error = null,
           lease_id = null, leased_at = null, leased_until = null
     where o.lease_id = end_push.lease_id and o.done_at is null;
end;
comment on function calendar_private.end_push(uuid) is 'Marks what a push was leased for as done';
