create function calendar_private.is_needless(
    booking_id uuid,
    status text,
    slot_end timestamptz,
    attempts integer
) returns boolean
    language sql stable
begin atomic
    select is_needless.status in ('held', 'completed', 'no_show')
        or is_needless.slot_end <= calendar_private.current_instant() - interval '1 day'
        or not exists (select from calendar_private.push_target(is_needless.booking_id))
        or is_needless.status in ('cancelled', 'failed') and is_needless.attempts = 0
           and not exists (select from calendar.event_mappings as m where m.booking_id = is_needless.booking_id)
           and not exists (select from calendar.outbox as p where p.booking_id = is_needless.booking_id and p.attempts > 0);
end;
comment on function calendar_private.is_needless(uuid, text, timestamptz, integer) is
    'Whether there is nothing to write to a provider of a booking in this state, whose change has been tried so often: of holds, appointments that took place, bookings that have been over for a day, those whose calendar is at none or can only be read, and those that ended before they were written';
