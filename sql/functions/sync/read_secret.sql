create function calendar_sync.read_secret(account_id uuid)
    returns table (secret bytea, key_id text, version bigint)
    language sql stable security definer rows 1
    set search_path = pg_catalog, pg_temp
begin atomic
    select a.secret, a.secret_key_id, a.secret_version
      from calendar.accounts as a
     where a.id = read_secret.account_id and a.secret is not null;
end;
comment on function calendar_sync.read_secret(uuid) is
$$Returns an account's credential as it was stored: encrypted.

account_id: the account. Returns no row where the account has no credential.$$;
grant execute on function calendar_sync.read_secret(uuid) to calendar_agent;
