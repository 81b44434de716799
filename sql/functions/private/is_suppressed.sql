create function calendar_private.is_suppressed(channel text, address text, kind text) returns boolean
    language sql stable
begin atomic
    select exists (
        select from calendar.suppressions as s
         where s.channel = is_suppressed.channel
           and s.address_digest = calendar_private.contact_digest(is_suppressed.channel, is_suppressed.address)
           -- One click ends reminders; what a recipient has to know about a booking is sent all the same.
           and (s.reason <> 'unsubscribed' or is_suppressed.kind = 'reminder'));
end;
comment on function calendar_private.is_suppressed(text, text, text) is
    'Whether messages of this kind are not sent to an address';
