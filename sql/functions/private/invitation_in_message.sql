create function calendar_private.invitation_in_message(
    message calendar.notifications,
    booking calendar.bookings,
    invite_by text
) returns jsonb
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _provider text;
    _method text;
begin
    if message.channel <> 'email' or message.kind not in ('booked', 'confirmed', 'rescheduled', 'cancelled', 'booking_failed') then
        return null;
    end if;
    select a.provider into _provider
      from calendar_private.push_target(booking.id) as t
      join calendar.accounts as a on a.id = t.account_id;
    _method := case
        when message.recipient = 'lead' and calendar_private.inviter(booking, invite_by, _provider) = 'email' then
            case when booking.status = 'confirmed' then 'REQUEST' else 'CANCEL' end
        -- Otherwise it is in one of the broker's calendars.
        when message.recipient = 'broker' and _provider is null and booking.status <> 'pending' then 'PUBLISH' end;
    if _method is null then
        return null;
    end if;
    return jsonb_build_object(
        'method', _method,
        'uid', calendar_private.booking_uid(booking.id),
        'sequence', booking.sequence,
        'status', case when booking.status in ('cancelled', 'failed') then 'cancelled' else 'confirmed' end,
        'ics', calendar_private.booking_message(booking, _method));
end
$$;
comment on function calendar_private.invitation_in_message(calendar.notifications, calendar.bookings, text) is
    'The invitation that a message carries, as lease_notifications returns it; null where the provider invites, or no one does';
