create function calendar_private.refused_until(account_id uuid) returns timestamptz
    language sql stable
begin atomic
    select a.refused_at + case a.refusals when 1 then interval '1 minute' when 2 then interval '5 minutes'
                                          when 3 then interval '15 minutes' else interval '1 hour' end
      from calendar.accounts as a where a.id = refused_until.account_id;
end;
comment on function calendar_private.refused_until(uuid) is
    'When a credential that the provider has refused is tried again: the longer, the more often in a row it was refused; null = it was not';
