create trigger availability_overrides_audited after insert or update or delete on calendar.availability_overrides
    for each row when (not calendar_private.restoring())
    execute function calendar_private.audit_change();
create trigger availability_overrides_bounded after insert or update of broker_id on calendar.availability_overrides
    for each row when (not calendar_private.restoring())
    execute function calendar_private.check_row_bound(
        '1000', 'Delete overrides that are over, or use one with an rrule in place of many.');
create trigger availability_overrides_changed after insert or update on calendar.availability_overrides
    for each row when (not calendar_private.restoring())
    execute function calendar_private.refresh_occurrences_of_override();
