create function calendar_sync.list_secrets()
    returns table (account_id uuid, key_id text, version bigint)
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select a.id, a.secret_key_id, a.secret_version
      from calendar.accounts as a
     where a.secret is not null
     order by a.id;
end;
comment on function calendar_sync.list_secrets() is
    'The key that encrypts each account''s credential, so that a credential can be encrypted with another key';
grant execute on function calendar_sync.list_secrets() to calendar_agent;
