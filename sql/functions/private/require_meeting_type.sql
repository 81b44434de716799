create function calendar_private.require_meeting_type(broker_id uuid, meeting_type text) returns uuid
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _type calendar.meeting_types := calendar_private.find_meeting_type(broker_id, meeting_type, 'owner');
begin
    if _type.id is null then
        raise exception 'meeting_type_not_found' using errcode = 'PT404';
    end if;
    return _type.id;
end
$$;
comment on function calendar_private.require_meeting_type(uuid, text) is
    'The id of the active meeting type of a broker that has this slug or this id; PT404 where there is none';
