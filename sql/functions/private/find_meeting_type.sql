create function calendar_private.find_meeting_type(
    broker_id uuid,
    meeting_type text,
    access text
) returns calendar.meeting_types
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select t.*
      from calendar.meeting_types as t
      join calendar.brokers as b on b.id = t.broker_id
     where t.broker_id = find_meeting_type.broker_id
       and (t.slug = calendar_private.text_or_null(meeting_type) or t.id = calendar_private.uuid_or_null(meeting_type))
       and (access is null
            or t.is_active and (access <> 'public' or coalesce(t.public_booking, b.public_booking)))
$$;
comment on function calendar_private.find_meeting_type(uuid, text, text) is
    'Returns the meeting type of a broker with this slug or id. access is the caller''s access: service, owner or public. Returns null if the broker has no such meeting type, or if a caller with that access may not book it. If access is null, a meeting type is also returned if it is not active.';
