create function calendar_private.forget_obligation(obligation_id uuid) returns void
    language sql volatile
begin atomic
    delete from calendar.obligations as o
     where o.id = forget_obligation.obligation_id and o.removed_at is not null
       and not exists (select from calendar.obligation_mappings as m where m.obligation_id = o.id)
       -- An agent may be writing it.
       and not exists (select from calendar.outbox as w
                        where w.obligation_id = o.id and w.attempts > 0 and coalesce(w.done_at, 'infinity') = 'infinity');
end;
comment on function calendar_private.forget_obligation(uuid) is
    'Deletes a deadline that was removed, once none of its events is left. Under the lock of the broker.';
