create function calendar_sync.release_leases(lease_ids uuid[]) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
begin
    -- As if they had lapsed: what is found to have been leased and not ended is due at once.
    -- Each in the order in which others lock them (DESIGN.md, "Locks").
    update calendar.accounts as a set leased_until = _now where a.lease_id = any (lease_ids);
    update calendar.outbox as o
       set leased_until = _now
     where o.id = any (array(
               select h.id from calendar.outbox as h
                where h.lease_id = any (lease_ids) and h.done_at is null order by h.id for no key update));
    if found then
        perform pg_notify('calendar_outbox', '');
    end if;
    update calendar.sync_state as s
       set leased_until = _now
     where s.calendar_id = any (array(
               select h.calendar_id from calendar.sync_state as h
                where h.lease_id = any (lease_ids) order by h.calendar_id for no key update));
    if found then
        perform pg_notify('calendar_pull', '');
    end if;
    update calendar.webhook_channels as w set leased_until = _now where w.lease_id = any (lease_ids);
    update calendar.notifications as n
       set state = 'due', lease_id = null, attempts = n.attempts - 1, next_attempt_at = _now
     where n.lease_id = any (lease_ids) and n.state = 'sending';
end
$$;
comment on function calendar_sync.release_leases(uuid[]) is
$$Ends the leases of pulls, pushes, channels, accounts and messages, so that the next agent takes over at once. Messages count as not sent: an SMS that may have been sent must not be among them.

lease_ids: the leases; those that are not the caller's any more are left alone.$$;
grant execute on function calendar_sync.release_leases(uuid[]) to calendar_agent;
