create function calendar_private.notification_message(
    message calendar.notifications,
    booking calendar.bookings,
    broker calendar.brokers,
    link_token text,
    unsubscribe_token text
) returns jsonb
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _type calendar.meeting_types;
    _page text;
    _failure calendar.failure_logs;
    _endpoint calendar.webhook_endpoints;
    _lead_zone text;
    _lead jsonb;
    _about jsonb;
    _to_lead constant boolean := message.recipient = 'lead';
begin
    if booking.id is not null then
        select t.* into _type from calendar.meeting_types as t where t.id = booking.meeting_type_id;
        _page := calendar_private.public_page(broker, _type);
        _lead_zone := case when _type.lock_timezone then broker.timezone else coalesce(booking.lead_timezone, broker.timezone) end;
        _lead := jsonb_build_object(
            'id', booking.lead_id, 'name', calendar_private.lead_name_in_message(booking), 'email', booking.lead_email,
            'phone', booking.lead_phone, 'timezone', booking.lead_timezone, 'locale', booking.lead_locale);
    elsif message.kind = 'manual_booking' then
        select f.* into _failure from calendar.failure_logs as f where f.id = message.subject::bigint;
        _lead := _failure.detail -> 'lead';
    end if;
    -- What it says beside the booking.
    _about := jsonb_build_object(
        'previous', (select jsonb_build_object('start', calendar_private.json_instant(lower(k.slot)),
                                               'end', calendar_private.json_instant(upper(k.slot)))
                       from calendar_private.known_slot(message) as k
                      where message.kind = 'rescheduled'),
        'account', case when message.kind in ('needs_reconnect', 'sync_failing')
                        then calendar_private.account_in_message(message.subject::uuid) end,
        'unwritten', case message.kind when 'unwritten' then calendar_private.unwritten_in_message(booking.id) end,
        'request', case message.kind when 'manual_booking' then jsonb_build_object(
            'requested_time', _failure.detail -> 'requested_time', 'reason', _failure.reason, 'failure_id', _failure.id) end,
        'alert', (select jsonb_build_object('key', a.key, 'problem', a.problem,
                                            'since', calendar_private.json_instant(a.since),
                                            'until', calendar_private.json_instant(a.ended_at))
                    from calendar.alerts as a
                   where message.kind in ('alert', 'recovered') and a.key = message.subject));
    if message.channel = 'webhook' then
        select e.* into _endpoint from calendar.webhook_endpoints as e where e.id = message.endpoint_id;
    end if;
    return _about || jsonb_build_object(
        'id', message.id,
        'kind', message.kind,
        'channel', message.channel,
        'recipient', message.recipient,
        'to', case when message.channel = 'webhook' then null
                   when _to_lead then jsonb_build_object(
                       'name', _lead -> 'name', 'email', booking.lead_email, 'phone', booking.lead_phone)
                   when message.recipient = 'broker' then jsonb_build_object(
                       'name', broker.name, 'email', broker.email, 'phone', broker.business_phone)
                   else jsonb_build_object('name', null, 'email', null, 'phone', null) end,
        'locale', coalesce(case when _to_lead then booking.lead_locale end,
                           case when message.recipient <> 'operator' then broker.locale end, 'en'),
        'timezone', case message.recipient when 'lead' then _lead_zone when 'broker' then broker.timezone else 'UTC' end,
        'other_timezone', case when message.channel = 'email' and _lead_zone <> broker.timezone then
            case message.recipient when 'lead' then broker.timezone when 'broker' then _lead_zone end end,
        'created_at', calendar_private.json_instant(message.due_at),
        'reminder_minutes', case message.kind when 'reminder' then message.minutes end,
        'reported_after_minutes', case when message.kind in ('needs_reconnect', 'sync_failing') then message.minutes
                                       when message.kind = 'unwritten' then 60 end,
        'broker', case when broker.id is not null then jsonb_build_object(
            'id', broker.id, 'name', broker.name, 'email', broker.email, 'phone', broker.phone,
            'timezone', broker.timezone, 'locale', broker.locale) end,
        'lead', _lead,
        'booking', case when booking.id is not null
                        then calendar_private.booking_in_message(booking, _type, message.recipient) end,
        'manage', case when link_token is not null then jsonb_build_object(
            'token', link_token, 'page', _page,
            'can_change', calendar_private.current_instant() < calendar_private.change_until(booking),
            'change_until', calendar_private.json_instant(calendar_private.change_until(booking))) end,
        'rebook', case when _to_lead and message.kind = 'booking_failed' then jsonb_build_object(
            'page', _page,
            'alternatives', (
                select coalesce(jsonb_agg(jsonb_build_object(
                           'start', calendar_private.json_instant(s.slot_start),
                           'end', calendar_private.json_instant(s.slot_end))), '[]')
                  from calendar_private.nearest_slots(
                           booking.broker_id, booking.slot_start, booking.slot_end, booking.meeting_type_id, '{}') as s)) end,
        'invitation', case when booking.id is not null
                           then calendar_private.invitation_in_message(message, booking, broker.invite_by) end,
        'unsubscribe', unsubscribe_token,
        'webhook', case when message.channel = 'webhook' then jsonb_build_object(
            'url', _endpoint.url,
            'keys', (select jsonb_agg(translate(encode(k.key, 'base64'), E'\n', '') order by k.place)
                       from (values (1, _endpoint.mac_key),
                                    (2, case when _endpoint.former_until > calendar_private.current_instant()
                                             then _endpoint.former_mac_key end)) as k (place, key)
                      where k.key is not null),
            'type', case message.kind when 'alert' then 'alert' when 'recovered' then 'alert.recovered'
                                      when 'booking_failed' then 'booking.failed' when 'manual_booking' then 'booking.manual'
                                      else 'booking.' || message.kind end,
            'data', jsonb_strip_nulls(_about || jsonb_build_object(
                'notification_id', message.id, 'broker_id', broker.id, 'broker_name', broker.name,
                'lead', case when booking.id is null then _lead end,
                'booking', case when booking.id is not null then
                    calendar_private.booking_json(calendar_private.shown_booking(booking, broker.timezone)) end))) end);
end
$$;
comment on function calendar_private.notification_message(calendar.notifications, calendar.bookings, calendar.brokers, text, text) is
    'All that it takes to word and send a message, as lease_notifications returns it. The tokens are those of the links in it; null = it has none.';
