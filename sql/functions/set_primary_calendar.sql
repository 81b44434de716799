create function calendar.set_primary_calendar(calendar_id uuid) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _calendar record;
    _problem text;
begin
    perform calendar_private.lock_calendars(array(
        select c.id from calendar.calendars as c
         where c.broker_id = (select o.broker_id from calendar.calendars as o
                               where o.id = set_primary_calendar.calendar_id)), false);
    select c.broker_id, c.account_id, c.is_primary, c.is_writable, c.gone_at, a.status into _calendar
      from calendar.calendars as c left join calendar.accounts as a on a.id = c.account_id
     where c.id = set_primary_calendar.calendar_id;
    if not found or coalesce(calendar_private.caller_access(_calendar.broker_id), 'public') = 'public' then
        raise exception 'calendar_not_found' using errcode = 'PT404';
    end if;
    _problem := case when not _calendar.is_writable then 'which is read-only'
                     when _calendar.gone_at is not null then 'which is gone at the provider'
                     when _calendar.status = 'disconnected' then 'whose account is disconnected' end;
    if _problem is not null then
        raise exception 'calendar_id must be a calendar that bookings can be written to, not %, %', set_primary_calendar.calendar_id, _problem
            using errcode = '22023', hint = 'Choose another calendar of the broker: sync-agent calendars lists them.';
    end if;
    if not _calendar.is_primary then
        perform calendar_private.lock_broker(_calendar.broker_id);
        update calendar.calendars as c set is_primary = false
         where c.broker_id = _calendar.broker_id and c.is_primary;
        update calendar.calendars as c set is_primary = true where c.id = set_primary_calendar.calendar_id;
    end if;
end
$$;
comment on function calendar.set_primary_calendar(uuid) is
$$Makes a calendar the one that its broker's bookings are written to. Bookings to come that have no event in an active account are written to it.

calendar_id: a calendar of the broker that can be written to. The calendar that was the primary one stays, with its events.

Errors: PT404 calendar_not_found, also for anyone but the broker and calendar_service; 22023 for a calendar that is read-only, gone, or of an account that is disconnected.$$;
grant execute on function calendar.set_primary_calendar(uuid) to calendar_agent;
