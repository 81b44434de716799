create function calendar_private.queue_notifications() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
    -- The table of endpoints may have been empty when this was planned.
    set enable_seqscan = off
as $$
declare
    _now constant timestamptz := new.updated_at;
    _kind constant text := case
        -- Also a lapsed hold that is booked after all.
        when tg_op = 'INSERT' or old.status in ('held', 'cancelled') then
            case new.status when 'confirmed' then 'booked' when 'pending' then 'requested' end
        when old.status = new.status then 'rescheduled'
        when new.status = 'confirmed' then 'confirmed'
        when new.status = 'failed' then 'booking_failed'
        when new.status = 'cancelled' and old.declined_at is null and new.declined_at is not null then 'declined'
        when new.status = 'cancelled' then 'cancelled' end;
begin
    if _kind is null then
        return null;
    end if;
    insert into calendar.notifications (
        broker_id, booking_id, kind, channel, recipient, endpoint_id, revision, minutes, due_at, next_attempt_at,
        previous_slot, created_at)
    select r.id, new.id, m.kind, m.channel, m.recipient, null::uuid, new.sequence, m.minutes, m.due_at, m.due_at,
           case m.kind when 'rescheduled' then tstzrange(old.slot_start, old.slot_end) end, _now
      from calendar.brokers as r
     cross join lateral calendar_private.booking_notifications(
           _kind, _now, case new.status when 'confirmed' then new.slot_start end,
           new.lead_email is not null, new.lead_phone is not null, r.email is not null, r.business_phone is not null,
           r.notify, r.reminder_minutes, coalesce(new.lead_timezone, r.timezone)) as m
     where r.id = new.broker_id
    union all
    select new.broker_id, new.id, _kind, 'webhook', case when e.broker_id is null then 'operator' else 'broker' end, e.id,
           new.sequence, null, _now, _now,
           case _kind when 'rescheduled' then tstzrange(old.slot_start, old.slot_end) end, _now
      from calendar.webhook_endpoints as e
     where (e.broker_id = new.broker_id or e.broker_id is null)
       and e.disabled_at is null and (e.events is null or _kind = any (e.events));
    return null;
end
$$;
comment on function calendar_private.queue_notifications() is
    'Trigger: writes the messages about a booking that was made, confirmed, declined, moved, cancelled or has failed, and its reminders. Whether they are sent is decided when they are due.';
