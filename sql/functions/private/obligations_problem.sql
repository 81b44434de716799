create function calendar_private.obligations_problem(provider text, status text, is_writable boolean, gone_at timestamptz)
    returns text
    language sql immutable
begin atomic
    select case when obligations_problem.provider is null then 'a local calendar is at no provider: deadlines are not written to it'
                when obligations_problem.provider = 'ghl' then 'GoHighLevel cannot hold deadlines'
                when obligations_problem.provider = 'ics' then 'a feed cannot be written to, so it cannot hold deadlines'
                when obligations_problem.status = 'disconnected' then 'its account is disconnected, so deadlines are not written to it'
                when not obligations_problem.is_writable then 'it is read-only, so it cannot hold deadlines'
                when obligations_problem.gone_at is not null then 'it is gone at the provider, so deadlines are not written to it' end;
end;
comment on function calendar_private.obligations_problem(text, text, boolean, timestamptz) is
    'Why deadlines cannot be written to a calendar, in plain words; null = they can. provider and status: of its account; null = it has none.';
