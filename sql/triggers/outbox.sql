create trigger outbox_done after update of done_at on calendar.outbox
    for each row when (old.done_at is null and new.done_at is not null)
    execute function calendar_private.spare_events_of_push();
