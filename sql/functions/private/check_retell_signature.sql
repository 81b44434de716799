create function calendar_private.check_retell_signature(body text, broker_id uuid) returns void
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _parts text[] := regexp_match(
        nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-retell-signature',
        '^v=(\d{1,15}),d=([0-9a-f]{64})$', 'i');
    _now timestamptz := calendar_private.current_instant();
begin
    if _parts is null then
        raise exception 'signature_missing' using errcode = 'PT401',
            hint = 'The header X-Retell-Signature must be v=MILLISECONDS,d=HEX.';
    elsif abs(extract(epoch from _now) * 1000 - _parts[1]::numeric) > 5 * 60 * 1000 then
        raise exception 'signature_expired' using errcode = 'PT401';
    elsif not exists (
        select from calendar.voice_keys as k
         where (k.broker_id = check_retell_signature.broker_id
                or k.broker_id is null and not exists (
                    select from calendar.voice_keys as o
                     where o.broker_id = check_retell_signature.broker_id))
           and calendar_private.is_mac(k.mac_key, body || _parts[1], _parts[2]))
    then
        raise exception 'signature_wrong' using errcode = 'PT401';
    end if;
end
$$;
comment on function calendar_private.check_retell_signature(text, uuid) is
    'Raises PT401 where the header X-Retell-Signature of the request does not sign its body with the key for this broker, or did so more than 5 minutes ago';
