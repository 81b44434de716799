create trigger bookings_touched before update on calendar.bookings
    for each row execute function calendar_private.touch_updated_at();
create trigger bookings_revised before update of status, slot_start, slot_end on calendar.bookings
    for each row
    when ((old.status, old.slot_start, old.slot_end) is distinct from (new.status, new.slot_start, new.slot_end))
    execute function calendar_private.revise_booking();
create trigger bookings_audited after insert or update or delete on calendar.bookings
    for each row when (not calendar_private.restoring())
    execute function calendar_private.audit_change();
create trigger bookings_queued_when_made after insert on calendar.bookings
    for each row when (not calendar_private.restoring())
    execute function calendar_private.queue_booking_change();
-- What the agent notes down about its own writing (provider_event_id, meeting_link)
-- must not make it write again.
create trigger bookings_queued_when_changed
    after update of status, slot_start, slot_end, calendar_id, title, notes,
        lead_name, lead_email, lead_phone, lead_timezone on calendar.bookings
    for each row
    when ((old.status, old.slot_start, old.slot_end, old.calendar_id, old.title, old.notes,
           old.lead_name, old.lead_email, old.lead_phone, old.lead_timezone)
          is distinct from
          (new.status, new.slot_start, new.slot_end, new.calendar_id, new.title, new.notes,
           new.lead_name, new.lead_email, new.lead_phone, new.lead_timezone))
    execute function calendar_private.queue_booking_change();
create trigger bookings_notified_when_made after insert on calendar.bookings
    for each row when (new.status in ('pending', 'confirmed') and not calendar_private.restoring())
    execute function calendar_private.queue_notifications();
create trigger bookings_notified_when_changed after update of status, slot_start, slot_end on calendar.bookings
    for each row
    when ((old.status, old.slot_start, old.slot_end) is distinct from (new.status, new.slot_start, new.slot_end)
          and (old.status in ('pending', 'confirmed') or new.status in ('pending', 'confirmed')))
    execute function calendar_private.queue_notifications();
-- The last of those that a change of a booking fires, as their names go: what we wrote is there.
create trigger bookings_with_hooks_when_made after insert on calendar.bookings
    for each row when (new.status in ('pending', 'confirmed') and not calendar_private.restoring())
    execute function calendar_private.run_hooks();
create trigger bookings_with_hooks_when_changed after update of status, slot_start, slot_end on calendar.bookings
    for each row
    when ((old.status, old.slot_start, old.slot_end) is distinct from (new.status, new.slot_start, new.slot_end)
          and old.status <> 'failed'
          and (old.status <> 'held' or new.status in ('pending', 'confirmed')))
    execute function calendar_private.run_hooks();
create trigger bookings_messages_forgotten after delete on calendar.bookings
    for each row execute function calendar_private.forget_messages();
-- After what is due has been queued.
create trigger bookings_spare_events after update of status, slot_start, slot_end on calendar.bookings
    for each row
    when ((old.status, old.slot_start, old.slot_end) is distinct from (new.status, new.slot_start, new.slot_end))
    execute function calendar_private.spare_events_of_booking();
