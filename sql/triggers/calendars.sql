create trigger calendars_touched before update on calendar.calendars
    for each row when (old.* is distinct from new.*)
    execute function calendar_private.touch_updated_at();
create trigger calendars_held before delete on calendar.calendars
    for each row execute function calendar_private.hold_for_deletion();
create trigger calendars_covered before insert or update of account_id, sync_enabled, gone_at on calendar.calendars
    for each row when (not calendar_private.restoring())
    execute function calendar_private.set_coverage();
create trigger calendars_to_pull_further after update of sync_future_days, sync_enabled on calendar.calendars
    for each row
    when (new.account_id is not null
          and (old.sync_future_days, old.sync_enabled) is distinct from (new.sync_future_days, new.sync_enabled))
    execute function calendar_private.pull_further();
create trigger calendars_policy_changed
    after update of broker_id, timezone, blocks_availability, tentative_blocks, all_day_blocks, gone_at
    on calendar.calendars
    for each row
    when ((old.broker_id, old.timezone, old.blocks_availability, old.tentative_blocks, old.all_day_blocks, old.gone_at is null)
          is distinct from
          (new.broker_id, new.timezone, new.blocks_availability, new.tentative_blocks, new.all_day_blocks, new.gone_at is null))
    execute function calendar_private.refresh_blocks_of_calendar();
create trigger calendars_deleted after delete on calendar.calendars
    referencing old table as gone for each statement
    execute function calendar_private.delete_rows_of_calendars();
create trigger calendars_truncated after truncate on calendar.calendars
    for each statement execute function calendar_private.clear_events();
create trigger calendars_primary_made after insert on calendar.calendars
    for each row when (new.is_primary and new.account_id is not null and not calendar_private.restoring())
    execute function calendar_private.write_to_primary();
create trigger calendars_primary_changed after update of is_primary on calendar.calendars
    for each row when (not old.is_primary and new.is_primary and new.account_id is not null)
    execute function calendar_private.write_to_primary();
create trigger calendars_obligations_made after insert on calendar.calendars
    for each row
    when (new.account_id is not null and coalesce(new.receives_obligations, new.is_primary) and not calendar_private.restoring())
    execute function calendar_private.queue_obligations_of_calendar();
create trigger calendars_obligations_changed
    after update of is_primary, receives_obligations, is_writable, gone_at on calendar.calendars
    for each row
    when (new.account_id is not null
          and (coalesce(old.receives_obligations, old.is_primary), old.is_writable, old.gone_at is null)
              is distinct from (coalesce(new.receives_obligations, new.is_primary), new.is_writable, new.gone_at is null))
    execute function calendar_private.queue_obligations_of_calendar();
