create function calendar_sync.store_secret(
    account_id uuid,
    secret bytea,
    key_id text,
    replaces bigint default null
) returns bigint
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _version bigint;
begin
    key_id := calendar_private.text_or_null(key_id);
    perform calendar_private.check_text('key_id', store_secret.key_id, 2000);
    if secret is null or store_secret.key_id is null then
        raise exception 'secret and key_id must not be null' using errcode = '22023';
    end if;
    update calendar.accounts as a
       set secret = store_secret.secret, secret_key_id = store_secret.key_id, secret_version = a.secret_version + 1
     where a.id = account_id and (replaces is null or a.secret_version = replaces)
    returning a.secret_version into _version;
    if not found and not exists (select from calendar.accounts as a where a.id = account_id) then
        raise exception 'account_not_found' using errcode = 'PT404';
    end if;
    return _version;
end
$$;
comment on function calendar_sync.store_secret(uuid, bytea, text, bigint) is
$$Stores an account's credential, which the caller has encrypted.

account_id: the account. secret: the ciphertext. key_id: which key encrypted it. replaces: the version that it was made from; null = whatever there is.

Returns the new version, or null where the stored version is not the one to be replaced, because another caller stored a secret first.

Errors: PT404 account_not_found; 22023.$$;
grant execute on function calendar_sync.store_secret(uuid, bytea, text, bigint) to calendar_agent;
