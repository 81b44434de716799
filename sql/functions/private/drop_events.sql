create function calendar_private.drop_events() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
begin
    perform calendar_private.lock_calendars(array(select c.id from calendar.calendars as c where c.account_id = new.id));
    perform calendar_private.lock_broker(new.broker_id);
    -- A pull that is under way brings nothing any more, and the next one brings everything.
    update calendar.sync_state as s
       set lease_id = null, leased_at = null, leased_until = null, sync_token = null, last_full_at = null
      from calendar.calendars as c
     where c.account_id = new.id and s.calendar_id = c.id;
    -- Also a page that was being staged until the states were locked.
    delete from calendar.sync_pages as p
     using calendar.calendars as c where c.account_id = new.id and p.calendar_id = c.id;
    if not new.events_kept then
        with families as (
            select distinct e.calendar_id, e.external_event_id
              from calendar.calendars as c
              join calendar.events as e on e.calendar_id = c.id
             where c.account_id = new.id
               and (e.ends_at > _now
                    or e.recurrence is not null
                       and calendar_private.occurs_within(c.id, e.external_event_id, _now, _now + interval '10 years'))
        )
        delete from calendar.events as e
         using families as f
         where e.calendar_id = f.calendar_id and e.external_event_id = f.external_event_id;
    end if;
    return null;
end
$$;
comment on function calendar_private.drop_events() is
    'Trigger: when an account is disconnected, its calendars are no longer pulled, and their events to come go, unless they are kept';
