create function calendar_private.raise_rate_limited(wait interval) returns void
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _seconds text := greatest(ceil(extract(epoch from wait)), 1)::text;
    -- Scripts of other origins cannot read the header.
    _detail text := format('{"retry_after": %s}', _seconds);
begin
    if nullif(current_setting('request.method', true), '') is null then
        raise exception 'rate_limited' using
            errcode = 'PT429', detail = _detail, hint = 'Retry-After: ' || _seconds;
    end if;
    -- PostgREST takes the headers of an error from this form alone.
    raise exception using errcode = 'PGRST',
        message = json_build_object(
            'code', 'PT429', 'message', 'rate_limited', 'details', _detail,
            'hint', 'Retry-After: ' || _seconds)::text,
        detail = json_build_object(
            'status', 429, 'headers', json_build_object('Retry-After', _seconds))::text;
end
$$;
comment on function calendar_private.raise_rate_limited(interval) is
    'Raises PT429 rate_limited with the number of seconds to wait: in the detail {"retry_after": seconds}, in the hint, and through PostgREST in the header Retry-After';
