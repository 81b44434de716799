create trigger working_hours_audited after insert or update or delete on calendar.working_hours
    for each row when (not calendar_private.restoring())
    execute function calendar_private.audit_change();
