create function calendar_private.require_broker(
    broker_id uuid,
    at_least text,
    meeting_type text default null
) returns text
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _access text;
begin
    if broker_id is null then
        raise exception 'broker_id must not be null' using errcode = '22023';
    end if;
    _access := calendar_private.caller_access(broker_id, meeting_type);
    if _access is null then
        raise exception 'broker_not_found' using errcode = 'PT404';
    elsif (at_least = 'service' and _access <> 'service') or (at_least = 'owner' and _access = 'public') then
        raise exception 'not allowed for this broker' using errcode = '42501';
    end if;
    return _access;
end
$$;
comment on function calendar_private.require_broker(uuid, text, text) is
    'Raises PT404 where the broker is unknown to the session''s role, 42501 where the role may do less with it than "at_least": public, owner or service. Returns what it may. meeting_type: as of caller_access.';
