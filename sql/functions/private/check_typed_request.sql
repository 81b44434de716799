create function calendar_private.check_typed_request(
    request calendar_private.booking_request,
    meeting_type calendar.meeting_types,
    slot_end timestamptz,
    has_answers boolean
) returns void
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
begin
    if meeting_type.id is null then
        raise exception 'meeting_type_not_found' using errcode = 'PT404';
    end if;
    perform calendar_private.check_duration(meeting_type.durations, request.slot_start, slot_end);
    if has_answers then
        perform calendar_private.check_answers(meeting_type.questions, request.answers);
    end if;
end
$$;
comment on function calendar_private.check_typed_request(calendar_private.booking_request, calendar.meeting_types, timestamptz, boolean) is
    'Raises PT404 for a request whose meeting type was not found, and 22023 for one with a length or with answers that the type does not take, unless they come later (has_answers)';
