create trigger events_spared before insert or update on calendar.events
    for each row
    when ((new.booking_id is not null or new.spared_from is not null or new.behind_from is not null)
          and not calendar_private.restoring())
    execute function calendar_private.spare_event();
create trigger events_inserted after insert on calendar.events
    referencing new table as touched for each statement
    when (not calendar_private.restoring())
    execute function calendar_private.refresh_blocks_of_events();
create trigger events_updated after update on calendar.events
    referencing old table as before new table as touched for each statement
    when (not calendar_private.restoring())
    execute function calendar_private.refresh_blocks_of_events();
create trigger events_deleted after delete on calendar.events
    referencing old table as touched for each statement
    when (not calendar_private.restoring())
    execute function calendar_private.refresh_blocks_of_events();
-- apply_sync() deletes what a provider does not have.
create trigger events_deleted_by_hand after delete on calendar.events
    referencing old table as gone for each statement
    when (current_user <> 'calendar_definer' and not calendar_private.restoring())
    execute function calendar_private.forget_coverage();
create trigger events_truncated after truncate on calendar.events
    for each statement execute function calendar_private.clear_events();
