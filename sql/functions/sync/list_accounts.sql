create function calendar_sync.list_accounts()
    returns table (
        account_id uuid,
        broker_name text,
        provider text,
        settings jsonb,
        display_name text,
        status text,
        problem text
    )
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select a.id, b.name, a.provider, a.settings, a.display_name, a.status, a.problem
      from calendar.accounts as a
      join calendar.brokers as b on b.id = a.broker_id
     order by b.name, a.provider, a.id;
end;
comment on function calendar_sync.list_accounts() is
    'All accounts, without their credentials';
grant execute on function calendar_sync.list_accounts() to calendar_agent;
