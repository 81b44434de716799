create trigger accounts_touched before update on calendar.accounts
    for each row execute function calendar_private.touch_updated_at();
create trigger accounts_held before delete on calendar.accounts
    for each row execute function calendar_private.hold_for_deletion();
create trigger accounts_disconnected after update of status, events_kept on calendar.accounts
    for each row
    when (new.status = 'disconnected' and (old.status, old.events_kept) is distinct from (new.status, new.events_kept))
    execute function calendar_private.drop_events();
create trigger accounts_connected_again after update of status on calendar.accounts
    for each row when (old.status = 'disconnected' and new.status <> 'disconnected')
    execute function calendar_private.write_bookings_again();
create trigger accounts_kept_in_sync_or_not after update of status on calendar.accounts
    for each row
    when (old.status <> new.status
          and (old.status in ('paused', 'disconnected') or new.status in ('paused', 'disconnected')))
    execute function calendar_private.spread_coverage();
create trigger accounts_refused_or_not after update of status on calendar.accounts
    for each row
    when (old.status <> new.status and 'needs_reconnect' in (old.status, new.status))
    execute function calendar_private.queue_needs_reconnect();
