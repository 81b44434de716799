create function calendar_private.next_attempt(account_id uuid, backoff interval) returns timestamptz
    language sql stable
begin atomic
    select coalesce(
        (select a.refused_at + calendar_private.refusal_wait(a.refusals)
           from calendar.accounts as a
          where a.id = next_attempt.account_id
            and a.refused_at + calendar_private.refusal_wait(a.refusals) > calendar_private.current_instant()),
        calendar_private.current_instant() + backoff);
end;
comment on function calendar_private.next_attempt(uuid, interval) is
    'When what failed is tried again: after this backoff, or when the account''s credential is, if that was refused';
