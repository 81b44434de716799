create function calendar_private.obligation_push(obligation_id uuid, calendar_id uuid, attempts integer)
    returns table (account_id uuid, account_status text, is_wanted boolean, is_needless boolean)
    language sql stable rows 1
begin atomic
    select t.account_id, a.status, w.is_wanted,
           case when t.account_id is null then true
                else case when w.is_wanted then coalesce(m.pushed_sequence = o.sequence, false)
                          else m.obligation_id is null end
                     -- The answer to an attempt may have been lost.
                     and obligation_push.attempts = 0
                     and not exists (select from calendar.outbox as p
                                      where p.obligation_id = o.id and p.calendar_id = obligation_push.calendar_id
                                        and coalesce(p.done_at, 'infinity') = 'infinity' and p.attempts > 0) end
      from calendar.obligations as o
      left join lateral calendar_private.obligation_calendars(o.broker_id) as t
             on t.calendar_id = obligation_push.calendar_id
      left join calendar.accounts as a on a.id = t.account_id
      left join calendar.obligation_mappings as m
             on m.obligation_id = o.id and m.calendar_id = obligation_push.calendar_id
     cross join lateral (
           values (coalesce(t.is_chosen, false) and o.status = 'pending' and o.removed_at is null
                   and o.expires_at > calendar_private.current_instant())) as w (is_wanted)
     where o.id = obligation_push.obligation_id;
end;
comment on function calendar_private.obligation_push(uuid, uuid, integer) is
    'What a deadline is in a calendar now: whether its event is to be there (is_wanted), and whether there is nothing to do about a change that has been tried so often (is_needless): the calendar cannot be written to, the event says what it must, or there never was one that must go';
