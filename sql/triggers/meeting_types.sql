create trigger meeting_types_touched before update on calendar.meeting_types
    for each row when (old.* is distinct from new.*)
    execute function calendar_private.touch_updated_at();
create trigger meeting_types_audited after insert or update or delete on calendar.meeting_types
    for each row when (not calendar_private.restoring())
    execute function calendar_private.audit_change();
create trigger meeting_types_bounded after insert or update of broker_id on calendar.meeting_types
    for each row when (not calendar_private.restoring())
    execute function calendar_private.check_row_bound('100', 'Delete meeting types that are no longer used.');
create trigger meeting_types_horizon_new after insert on calendar.meeting_types
    for each row when (new.booking_horizon_days is not null and not calendar_private.restoring())
    execute function calendar_private.pull_further();
create trigger meeting_types_horizon_longer after update of booking_horizon_days, is_active on calendar.meeting_types
    for each row when (new.is_active and (old.booking_horizon_days, old.is_active) is distinct from (new.booking_horizon_days, new.is_active))
    execute function calendar_private.pull_further();
