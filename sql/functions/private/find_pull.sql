create function calendar_private.find_pull(lease_id uuid) returns calendar.sync_state
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _state calendar.sync_state;
begin
    perform calendar_private.lock_calendars(
        array(select s.calendar_id from calendar.sync_state as s where s.lease_id = find_pull.lease_id), false);
    select s.* into _state from calendar.sync_state as s where s.lease_id = find_pull.lease_id;
    if not found then
        perform calendar_private.raise_lease_lost();
    end if;
    return _state;
end
$$;
comment on function calendar_private.find_pull(uuid) is
    'The state of the calendar that a pull has leased; the calendar is locked. The lease can lapse meanwhile: who ends it looks whether it is still there. PT409 lease_lost where another agent has taken over or the pull has ended.';
