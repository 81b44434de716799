create function calendar_private.message_delay(channel text, attempts integer, retry_after interval) returns interval
    language sql volatile
begin atomic
    select case when message_delay.channel <> 'webhook'
                then calendar_private.backoff(message_delay.attempts, '1 minute', message_delay.retry_after)
                else greatest(
                    coalesce(message_delay.retry_after, '0'),
                    (array['5 seconds', '5 minutes', '30 minutes', '2 hours', '5 hours',
                           '10 hours', '14 hours', '20 hours', '24 hours']::interval[])[least(message_delay.attempts, 9)]
                        * (0.9 + pg_catalog.random() / 10)) end;
end;
comment on function calendar_private.message_delay(text, integer, interval) is
    'How long to wait after so many failed attempts to send a message; retry_after: as the provider asked';
