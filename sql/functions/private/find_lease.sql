create function calendar_private.find_lease(lease_id uuid) returns calendar.sync_state
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _state calendar.sync_state;
begin
    select s.* into _state from calendar.sync_state as s where s.lease_id = find_lease.lease_id;
    -- Before its state, as a deletion of the calendar does.
    perform from calendar.calendars as c where c.id = _state.calendar_id for key share;
    select s.* into _state from calendar.sync_state as s where s.lease_id = find_lease.lease_id for no key update;
    if not found then
        perform calendar_private.raise_lease_lost();
    end if;
    return _state;
end
$$;
comment on function calendar_private.find_lease(uuid) is
    'The state of the calendar that a pull has leased, locked. PT409 lease_lost where another agent has taken over or the pull has ended.';
