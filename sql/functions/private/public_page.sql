create function calendar_private.public_page(broker calendar.brokers, meeting_type calendar.meeting_types) returns text
    language sql immutable
    set search_path = pg_catalog, pg_temp
as $$
    select case
        when meeting_type.id is null then case when broker.public_booking then broker.slug end
        when meeting_type.is_active and coalesce(meeting_type.public_booking, broker.public_booking)
        then broker.slug || '/' || meeting_type.slug end
$$;
comment on function calendar_private.public_page(calendar.brokers, calendar.meeting_types) is
    'The public page of a broker, or of a meeting type of theirs unless its id is null; null where there is no such page';
