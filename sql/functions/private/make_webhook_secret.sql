create function calendar_private.make_webhook_secret(out secret text, out mac_key bytea)
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    -- Its 64 digits are the key.
    _key text := calendar_private.make_token();
begin
    secret := 'whsec_' || translate(encode(convert_to(_key, 'UTF8'), 'base64'), E'\n', '');
    mac_key := calendar_private.mac_key(_key);
end
$$;
comment on function calendar_private.make_webhook_secret() is
    'A new secret of a webhook as Standard Webhooks writes it, and what is stored of it';
