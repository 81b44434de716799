create function calendar_private.next_attempt(account_id uuid, backoff interval) returns timestamptz
    language sql stable
begin atomic
    select coalesce(max(r.refused_until), calendar_private.current_instant() + backoff)
      from (values (calendar_private.refused_until(next_attempt.account_id))) as r (refused_until)
     where r.refused_until > calendar_private.current_instant();
end;
comment on function calendar_private.next_attempt(uuid, interval) is
    'When what failed is tried again: after this backoff, or when the account''s credential is, if that was refused';
