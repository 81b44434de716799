create trigger event_mappings_noted after insert or update on calendar.event_mappings
    for each row when (not calendar_private.restoring())
    execute function calendar_private.mark_mirror();
