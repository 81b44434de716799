create function calendar_private.plain_request(request calendar_private.booking_request)
    returns calendar_private.booking_request
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
as $$
begin
    return row(
        request.broker_id, request.slot_start, request.slot_end,
        calendar_private.text_or_null(request.lead_id),
        calendar_private.text_or_null(request.lead_name),
        lower(calendar_private.text_or_null(request.lead_email)),
        calendar_private.plain_phone(request.lead_phone),
        calendar_private.text_or_null(request.lead_timezone),
        calendar_private.text_or_null(request.title),
        calendar_private.text_or_null(request.notes),
        calendar_private.text_or_null(request.created_by),
        calendar_private.text_or_null(request.idempotency_key),
        request.hold_minutes, coalesce(request.outside_hours, false),
        calendar_private.text_or_null(request.meeting_type), nullif(request.answers, 'null'),
        calendar_private.text_or_null(request.lead_locale));
end
$$;
comment on function calendar_private.plain_request(calendar_private.booking_request) is
    'A request to book as it is understood and stored: texts without blanks around them, and null for an empty one';
