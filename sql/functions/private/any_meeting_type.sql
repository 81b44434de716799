create function calendar_private.any_meeting_type(broker_id uuid, meeting_type text) returns uuid
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _id uuid;
begin
    select t.id into _id from calendar.meeting_types as t
     where t.broker_id = any_meeting_type.broker_id
       and (t.slug = calendar_private.text_or_null(meeting_type) or t.id = calendar_private.uuid_or_null(meeting_type));
    if not found then
        raise exception 'meeting_type_not_found' using errcode = 'PT404';
    end if;
    return _id;
end
$$;
comment on function calendar_private.any_meeting_type(uuid, text) is
    'The id of the meeting type of a broker, active or not, that has this slug or this id; PT404 where there is none';
