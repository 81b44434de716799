create trigger brokers_touched before update on calendar.brokers
    for each row when (old.* is distinct from new.*)
    execute function calendar_private.touch_updated_at();
create trigger brokers_held before delete on calendar.brokers
    for each row execute function calendar_private.hold_for_deletion();
create trigger brokers_email_changed after update of email on calendar.brokers
    for each row when (old.email is distinct from new.email)
    execute function calendar_private.read_events_again();
create trigger brokers_horizon_longer after update of booking_horizon_days on calendar.brokers
    for each row when (old.booking_horizon_days < new.booking_horizon_days)
    execute function calendar_private.pull_further();
create trigger brokers_zone_changed after update of timezone on calendar.brokers
    for each row when (old.timezone is distinct from new.timezone)
    execute function calendar_private.refresh_occurrences_of_broker();
create trigger brokers_messages_forgotten after delete on calendar.brokers
    for each row execute function calendar_private.forget_messages();
