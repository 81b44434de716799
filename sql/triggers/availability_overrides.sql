create trigger availability_overrides_held before insert or update or delete on calendar.availability_overrides
    for each row when (not calendar_private.restoring())
    execute function calendar_private.hold_broker_of_override();
create trigger availability_overrides_deleted after delete on calendar.availability_overrides
    for each row execute function calendar_private.clear_occurrences();
create trigger availability_overrides_truncated after truncate on calendar.availability_overrides
    for each statement execute function calendar_private.clear_occurrences();
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
