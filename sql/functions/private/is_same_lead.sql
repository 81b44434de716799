create function calendar_private.is_same_lead(
    booking calendar.bookings,
    request calendar_private.booking_request
) returns boolean
    language sql immutable
    set search_path = pg_catalog, pg_temp
    -- A body that is parsed beforehand would forbid to add a column to the table.
as $$
    select case
        when booking.lead_id <> '' and request.lead_id <> '' then booking.lead_id = request.lead_id
        else coalesce(nullif(lower(trim(booking.lead_email)), '') = lower(trim(request.lead_email)), false)
          or coalesce(nullif(regexp_replace(booking.lead_phone, '[^0-9]', '', 'g'), '')
                      = regexp_replace(request.lead_phone, '[^0-9]', '', 'g'), false)
        end
$$;
comment on function calendar_private.is_same_lead(calendar.bookings, calendar_private.booking_request) is
    'Whether a booking and a request name the same lead. Where both have a lead_id, it alone decides; otherwise an equal e-mail address (in any case) or else an equal telephone number (by its digits) does.';
