create function calendar_private.message_address(
    message calendar.notifications,
    booking calendar.bookings,
    broker calendar.brokers
) returns text
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select case when message.channel = 'webhook' then null
                when message.recipient = 'lead' then case message.channel when 'email' then booking.lead_email else booking.lead_phone end
                when message.recipient = 'broker' then case message.channel when 'email' then broker.email else broker.business_phone end end
$$;
comment on function calendar_private.message_address(calendar.notifications, calendar.bookings, calendar.brokers) is
    'Where a message goes, as it is now; null for webhooks and operators, whose addresses are elsewhere, and where the recipient has none';
