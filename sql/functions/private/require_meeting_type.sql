create function calendar_private.require_meeting_type(broker_id uuid, meeting_type text, access text) returns uuid
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _type calendar.meeting_types;
begin
    if calendar_private.text_or_null(meeting_type) is not null then
        _type := calendar_private.find_meeting_type(broker_id, meeting_type, access);
        if _type.id is null then
            raise exception 'meeting_type_not_found' using errcode = 'PT404';
        end if;
    end if;
    return _type.id;
end
$$;
comment on function calendar_private.require_meeting_type(uuid, text, text) is
    'The id of the meeting type that find_meeting_type finds, or null where none is named; PT404 where no meeting type has that name';
