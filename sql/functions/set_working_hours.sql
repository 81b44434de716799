create function calendar.set_working_hours(
    broker_id uuid,
    hours jsonb,
    meeting_type text default null
) returns setof calendar.working_hours
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _kinds constant jsonb := '{"weekday": "integer", "start_local": "time", "end_local": "time",
                               "valid_from": "date", "valid_until": "date", "is_active": "boolean"}';
    _type uuid;
begin
    perform calendar_private.require_broker(broker_id, 'owner');
    if hours is null or jsonb_typeof(hours) <> 'array' then
        raise exception 'hours must be a JSON array, not %', calendar_private.quoted(hours::text) using errcode = '22023';
    end if;
    perform calendar_private.check_item('hours', h.item, _kinds) from jsonb_array_elements(hours) as h (item);
    perform calendar_private.lock_broker(broker_id);
    _type := calendar_private.require_meeting_type(broker_id, meeting_type, null);
    delete from calendar.working_hours as w
     where w.broker_id = set_working_hours.broker_id and w.meeting_type_id is not distinct from _type;
    return query
        insert into calendar.working_hours as w (
            broker_id, meeting_type_id, weekday, start_local, end_local, valid_from, valid_until, is_active)
        select set_working_hours.broker_id, _type, h.weekday, h.start_local, h.end_local, h.valid_from, h.valid_until,
               coalesce(h.is_active, true)
          from jsonb_to_recordset(hours)
               as h (weekday integer, start_local time, end_local time, valid_from date, valid_until date, is_active boolean)
        returning w.*;
exception
    when not_null_violation or check_violation or datetime_field_overflow then
        raise exception 'hours: %', sqlerrm using errcode = '22023';
end
$$;
comment on function calendar.set_working_hours(uuid, jsonb, text) is
$$Replaces the weekly working hours of a broker, or of one of its meeting types, and returns them.

broker_id: the broker. hours: [{"weekday": 1 (Monday) to 7 (Sunday), "start_local", "end_local": times of the broker's zone such as 09:00, up to 24:00, "valid_from", "valid_until": dates or null, "is_active"}], at most 1000 in all; an empty array leaves no row: a broker then has Monday to Friday, 09:00 to 17:00, and a meeting type the hours of its broker. meeting_type: the slug or id of a meeting type; null = the broker's own hours.

Errors: PT404 broker_not_found or meeting_type_not_found; 42501 for anyone but the broker and calendar_service; 22023 names the key and what is allowed.$$;
