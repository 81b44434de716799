create function calendar.get_booking_page(page text) returns jsonb
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _page record := calendar_private.find_page(page);
    _broker calendar.brokers;
    _types jsonb;
begin
    select b.* into _broker from calendar.brokers as b where b.id = _page.broker_id;
    select jsonb_agg(
               jsonb_build_object(
                   'page', _broker.slug || '/' || t.slug, 'slug', t.slug, 'name', t.name,
                   'description', t.description, 'durations', t.durations,
                   'requires_confirmation', coalesce(t.requires_confirmation, _broker.requires_confirmation),
                   'location_kind', t.location_kind,
                   -- A link is for those who have booked.
                   'location', case when t.location_kind <> 'link' then t.location end,
                   'questions', t.questions, 'lock_timezone', t.lock_timezone,
                   'change_until_minutes', coalesce(t.change_until_minutes, _broker.change_until_minutes))
               order by t.position, t.slug)
      into _types
      from calendar.meeting_types as t
     where t.broker_id = _broker.id
       and (t.id = _page.meeting_type
            or _page.meeting_type is null and t.is_active and coalesce(t.public_booking, true));
    return jsonb_build_object(
        'page', case when _page.meeting_type is null then _broker.slug else _types -> 0 ->> 'page' end,
        'broker_name', _broker.name,
        'timezone', _broker.timezone,
        'types', coalesce(_types, jsonb_build_array(jsonb_build_object(
            'page', _broker.slug, 'slug', null, 'name', null, 'description', null,
            'durations', array[_broker.slot_duration_minutes],
            'requires_confirmation', _broker.requires_confirmation,
            'location_kind', null, 'location', null, 'questions', '[]'::jsonb, 'lock_timezone', false,
            'change_until_minutes', _broker.change_until_minutes))));
end
$$;
comment on function calendar.get_booking_page(text) is
$$What a public page shows: {"page", "broker_name", "timezone": the broker's IANA zone, "types": [{"page", "slug", "name", "description", "durations": minutes, "requires_confirmation", "location_kind": provider|phone|in_person|link|null, "location": null for a link, "questions": [{"name", "label", "kind": text|choice|email|phone|number|checkbox, "required", "choices"}], "lock_timezone", "change_until_minutes"}]}. The page of a meeting type has one type. The page of a broker has the broker's public types, or where there is no such type one without slug and name, by the broker's own rules. The "page" of a type is what get_free_days, get_page_slots and hold_slot take.

page: BROKER-SLUG or BROKER-SLUG/TYPE-SLUG.

Errors: PT404 page_not_found where there is no such page or it is not public; 22023.$$;
