create function calendar_private.read_retell_signature() returns calendar_private.retell_signature
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _parts text[] := regexp_match(
        calendar_private.request_header('x-retell-signature', 100), '^v=(\d{1,15}),d=([0-9a-f]{64})$', 'i');
    _now timestamptz := calendar_private.current_instant();
begin
    if _parts is null then
        raise exception 'signature_missing' using errcode = 'PT401',
            hint = 'The header X-Retell-Signature must be v=MILLISECONDS,d=HEX.';
    elsif abs(extract(epoch from _now) * 1000 - _parts[1]::numeric) > 5 * 60 * 1000 then
        raise exception 'signature_expired' using errcode = 'PT401';
    end if;
    return row(_parts[1], _parts[2]);
end
$$;
comment on function calendar_private.read_retell_signature() is
    'What the header X-Retell-Signature of the request says. PT401 where it is missing or not of its form, or more than 5 minutes old: known before anything is done with the body.';
