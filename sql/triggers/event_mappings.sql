create trigger event_mappings_noted after insert or delete on calendar.event_mappings
    for each row when (not calendar_private.restoring())
    execute function calendar_private.mark_event();
create trigger event_mappings_changed after update on calendar.event_mappings
    for each row when (old.booking_id <> new.booking_id)
    execute function calendar_private.mark_event();
