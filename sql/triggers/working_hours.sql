create trigger working_hours_audited after insert or update or delete on calendar.working_hours
    for each row when (not calendar_private.restoring())
    execute function calendar_private.audit_change();
create trigger working_hours_bounded after insert or update of broker_id on calendar.working_hours
    for each row when (not calendar_private.restoring())
    execute function calendar_private.check_row_bound(
        '1000', 'Delete rows whose valid_until is past, and join rows of one weekday that touch.');
