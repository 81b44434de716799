create function calendar_private.wants_message(notify jsonb, recipient text, channel text, kind text) returns boolean
    language sql immutable
begin atomic
    select coalesce(
        (notify -> recipient -> channel) operator(pg_catalog.?) kind,
        case channel when 'email' then recipient = 'lead' or kind <> 'reminder'
                     else recipient = 'broker' and kind in ('booking_failed', 'manual_booking', 'unwritten') end);
end;
comment on function calendar_private.wants_message(jsonb, text, text, text) is
    'Whether a broker whose brokers.notify this is wants a message of this kind to be sent by email or sms to lead or broker';
