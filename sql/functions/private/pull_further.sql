create function calendar_private.pull_further() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _broker_id uuid;
begin
    if tg_table_name = 'brokers' then
        _broker_id := new.id;
    elsif tg_table_name = 'meeting_types' then
        _broker_id := new.broker_id;
    end if;
    if _broker_id is not null then
        perform calendar_private.make_due(c.id)
           from calendar.calendars as c
          where c.broker_id = _broker_id and c.account_id is not null and c.sync_future_days is null
            -- One that has none is due. To insert it would lock the calendar after its broker.
            and exists (select from calendar.sync_state as s where s.calendar_id = c.id);
    else
        perform calendar_private.make_due(new.id);
    end if;
    return null;
end
$$;
comment on function calendar_private.pull_further() is
    'Trigger: a calendar whose window has grown, or that is to be kept in sync again, is due for a pull at once';
