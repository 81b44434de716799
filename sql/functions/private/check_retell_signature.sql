create function calendar_private.check_retell_signature(
    signature calendar_private.retell_signature,
    body text,
    broker_id uuid
) returns void
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (
        select from calendar.voice_keys as k
         where (k.broker_id = check_retell_signature.broker_id
                or k.broker_id is null and not exists (
                    select from calendar.voice_keys as o
                     where o.broker_id = check_retell_signature.broker_id))
           and calendar_private.is_mac(k.mac_key, body || signature.signed_at, signature.mac))
    then
        raise exception 'signature_wrong' using errcode = 'PT401';
    end if;
end
$$;
comment on function calendar_private.check_retell_signature(calendar_private.retell_signature, text, uuid) is
    'Raises PT401 where a signature is not that of this body with the key for this broker';
