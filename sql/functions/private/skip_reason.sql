create function calendar_private.skip_reason(
    message calendar.notifications,
    booking calendar.bookings,
    address text
) returns text
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now constant timestamptz := calendar_private.current_instant();
begin
    if message.kind in ('booked', 'requested', 'confirmed', 'rescheduled', 'reminder') then
        if booking.status not in ('pending', 'confirmed') then
            return 'not_active';
        elsif message.revision <> booking.sequence then
            return 'revision';
        elsif booking.slot_end <= _now or message.kind = 'reminder' and booking.slot_start <= _now then
            return 'over';
        elsif message.kind = 'reminder' and exists (
                  select from calendar.notifications as n
                   where n.booking_id = message.booking_id and n.kind = 'reminder' and n.revision = message.revision
                     and n.channel = message.channel and n.recipient = message.recipient
                     and n.minutes < message.minutes and n.due_at <= _now) then
            return 'later_reminder';
        end if;
    elsif message.kind in ('cancelled', 'declined', 'booking_failed') then
        if booking.status in ('pending', 'confirmed') then
            return 'active_again';
        end if;
    elsif message.kind = 'unwritten' then
        if calendar_private.is_needless(booking.id, booking.status, booking.slot_end, 0)
           or not exists (select from calendar.outbox as o
                           where o.booking_id = booking.id and o.operation <> 'look'
                             and coalesce(o.done_at, 'infinity') = 'infinity'
                             and o.created_at <= _now - interval '1 hour') then
            return 'written';
        end if;
    elsif message.kind = 'manual_booking' then
        if not exists (select from calendar.failure_logs as f
                        where f.id = message.subject::bigint and f.resolved_at is null) then
            return 'resolved';
        end if;
    elsif message.kind = 'needs_reconnect' then
        if not exists (select from calendar.accounts as a
                        where a.id = message.subject::uuid and a.status = 'needs_reconnect') then
            return 'resolved';
        end if;
    elsif message.kind = 'sync_failing' then
        if not exists (select from calendar.calendars as c
                         join calendar.sync_state as s on s.calendar_id = c.id
                         join calendar.accounts as a on a.id = c.account_id
                        where c.account_id = message.subject::uuid and c.sync_enabled
                          -- That its credential is refused is another message.
                          and a.status = 'active' and s.failures >= 3) then
            return 'resolved';
        end if;
    elsif message.kind = 'alert' then
        if not exists (select from calendar.alerts as a where a.key = message.subject and a.ended_at is null) then
            return 'resolved';
        end if;
    end if;
    return case
        when coalesce(message.retried_at, message.due_at) <= _now - case message.channel when 'webhook' then interval '5 days' else interval '2 days' end
            then 'too_late'
        when message.channel = 'webhook' then
            (select 'endpoint_disabled' from calendar.webhook_endpoints as e
              where e.id = message.endpoint_id and e.disabled_at is not null)
        -- The agent knows the operators' addresses.
        when message.recipient = 'operator' then null
        when address is null then 'no_address'
        when calendar_private.is_suppressed(message.channel, address, message.kind) then 'suppressed' end;
end
$$;
comment on function calendar_private.skip_reason(calendar.notifications, calendar.bookings, text) is
    'Why a message that is due must not be sent, by what is the case now; null = it is to be sent. booking: the message''s booking, if any. address: of its recipient.';
