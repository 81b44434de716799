create trigger sync_state_inserted after insert on calendar.sync_state
    for each row when (new.covered_until is not null and not calendar_private.restoring())
    execute function calendar_private.spread_coverage();
create trigger sync_state_coverage_changed after update of covered_until on calendar.sync_state
    for each row when (old.covered_until is distinct from new.covered_until)
    execute function calendar_private.spread_coverage();
create trigger sync_state_deleted after delete on calendar.sync_state
    for each row when (old.covered_until is not null)
    execute function calendar_private.spread_coverage();
create trigger sync_state_failing after update of failures on calendar.sync_state
    for each row when (old.failures < 3 and new.failures >= 3)
    execute function calendar_private.queue_sync_failing();
