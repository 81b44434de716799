create function calendar.save_meeting_type(broker_id uuid, meeting_type jsonb) returns calendar.meeting_types
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _kinds constant jsonb := '{
        "id": "text", "slug": "text", "name": "text", "description": "text", "durations": "integers",
        "increment_minutes": "integer", "buffer_before_minutes": "integer", "buffer_after_minutes": "integer",
        "minimum_notice_minutes": "integer", "booking_horizon_days": "integer", "max_bookings_per_day": "integer",
        "requires_confirmation": "boolean", "public_booking": "boolean", "location_kind": "text", "location": "text",
        "questions": "array", "lock_timezone": "boolean", "change_until_minutes": "integer", "position": "integer",
        "is_active": "boolean"}';
    _defaults constant jsonb := '{"durations": [30], "questions": [], "lock_timezone": false, "position": 0, "is_active": true}';
    _given jsonb;
    _type calendar.meeting_types;
begin
    perform calendar_private.require_broker(broker_id, 'owner');
    perform calendar_private.check_item('meeting_type', meeting_type, _kinds);
    -- An empty text is null, and null is the default.
    select coalesce(jsonb_object_agg(g.key, g.value), '{}') into _given
      from jsonb_each(meeting_type) as g (key, value)
     where jsonb_typeof(g.value) <> 'null' and calendar_private.text_or_null(g.value #>> '{}') is not null;
    perform calendar_private.lock_broker(broker_id);
    if _given ? 'id' then
        _given := jsonb_set(_given, '{id}', to_jsonb(calendar_private.require_meeting_type(broker_id, _given ->> 'id', null)));
    else
        select _given || jsonb_build_object('id', coalesce(
                   (select t.id from calendar.meeting_types as t
                     where t.broker_id = save_meeting_type.broker_id and t.slug = _given ->> 'slug'),
                   gen_random_uuid()))
          into _given;
    end if;
    _type := jsonb_populate_record(null::calendar.meeting_types, _defaults || _given);
    insert into calendar.meeting_types as t (
        id, broker_id, slug, name, description, durations, increment_minutes, buffer_before_minutes,
        buffer_after_minutes, minimum_notice_minutes, booking_horizon_days, max_bookings_per_day,
        requires_confirmation, public_booking, location_kind, location, questions, lock_timezone,
        change_until_minutes, position, is_active)
    values (
        _type.id, broker_id, _type.slug, _type.name, _type.description, _type.durations, _type.increment_minutes,
        _type.buffer_before_minutes, _type.buffer_after_minutes, _type.minimum_notice_minutes,
        _type.booking_horizon_days, _type.max_bookings_per_day, _type.requires_confirmation, _type.public_booking,
        _type.location_kind, _type.location, _type.questions, _type.lock_timezone, _type.change_until_minutes,
        _type.position, _type.is_active)
    on conflict (id) do update
       set (slug, name, description, durations, increment_minutes, buffer_before_minutes, buffer_after_minutes,
            minimum_notice_minutes, booking_horizon_days, max_bookings_per_day, requires_confirmation, public_booking,
            location_kind, location, questions, lock_timezone, change_until_minutes, position, is_active)
         = (excluded.slug, excluded.name, excluded.description, excluded.durations, excluded.increment_minutes,
            excluded.buffer_before_minutes, excluded.buffer_after_minutes, excluded.minimum_notice_minutes,
            excluded.booking_horizon_days, excluded.max_bookings_per_day, excluded.requires_confirmation,
            excluded.public_booking, excluded.location_kind, excluded.location, excluded.questions,
            excluded.lock_timezone, excluded.change_until_minutes, excluded.position, excluded.is_active)
    returning t.* into _type;
    return _type;
exception
    when not_null_violation or check_violation then
        raise exception 'meeting_type: %', sqlerrm using errcode = '22023';
    when unique_violation then
        raise exception 'meeting_type: slug must be one that no other meeting type of the broker has, not %',
            calendar_private.quoted(_type.slug) using errcode = '22023';
end
$$;
comment on function calendar.save_meeting_type(uuid, jsonb) is
$$Makes a meeting type of a broker, or replaces it whole, and returns it.

broker_id: the broker. meeting_type: {"id" or "slug" of the one to replace, "name", "description", "durations": minutes, "increment_minutes", "buffer_before_minutes", "buffer_after_minutes", "minimum_notice_minutes", "booking_horizon_days", "max_bookings_per_day", "requires_confirmation", "public_booking", "location_kind": provider, phone, in_person or link, "location", "questions": [{"name", "label", "kind": text, choice, email, phone, number or checkbox, "required", "choices"}], "lock_timezone", "change_until_minutes", "position", "is_active"}; a key that is left out, null or empty is the column's default. slug and name are required.

Errors: PT404 broker_not_found, or meeting_type_not_found for an id that the broker does not have; 42501 for anyone but the broker and calendar_service; 22023 names the key and what is allowed.$$;
