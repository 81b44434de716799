create function calendar_sync.register_calendars(account_id uuid, calendars jsonb)
    returns table (calendar_id uuid, external_calendar_id text, display_name text, is_primary boolean, is_new boolean)
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    _broker calendar.brokers;
begin
    if calendars is null or jsonb_typeof(calendars) <> 'array' then
        raise exception 'calendars must be a JSON array, not %', calendar_private.quoted(calendars #>> '{}')
            using errcode = '22023';
    end if;
    perform calendar_private.check_keys('calendars', t.item, array[
                'external_calendar_id', 'display_name', 'timezone', 'is_primary', 'is_writable'])
       from jsonb_array_elements(calendars) as t (item);
    perform calendar_private.lock_calendars(array(
        select c.id from calendar.accounts as a join calendar.calendars as c on c.broker_id = a.broker_id
         where a.id = register_calendars.account_id));
    select b.* into _broker
      from calendar.accounts as a join calendar.brokers as b on b.id = a.broker_id
     where a.id = register_calendars.account_id
       for no key update of b;
    if _broker.id is null then
        raise exception 'account_not_found' using errcode = 'PT404';
    end if;
    -- One that can no longer be written to gives way.
    update calendar.calendars as c
       set is_primary = false
      from calendar.accounts as a
     where c.broker_id = _broker.id and c.is_primary and a.id = c.account_id and a.status = 'disconnected'
       and a.id <> register_calendars.account_id
       and exists (select from jsonb_to_recordset(register_calendars.calendars) as r (
                              external_calendar_id text, is_writable boolean)
                    where r.external_calendar_id is not null and r.is_writable);
    -- What the provider lists is there again.
    perform calendar_private.mark_gone(c.id, false), calendar_private.make_due(c.id)
       from calendar.calendars as c
      where c.account_id = register_calendars.account_id and c.gone_at is not null
        and c.external_calendar_id in (
                select t.item ->> 'external_calendar_id' from jsonb_array_elements(register_calendars.calendars) as t (item));
    return query
    with told as (
        select r.*
          from jsonb_to_recordset(register_calendars.calendars) as r (
              external_calendar_id text, display_name text, timezone text, is_primary boolean, is_writable boolean)
         where r.external_calendar_id is not null
    ), first as (
        -- Bookings go to the first one that can be written to, unless they go elsewhere already.
        select t.external_calendar_id
          from told as t
         where t.is_writable
           and not exists (select from calendar.calendars as c where c.broker_id = _broker.id and c.is_primary)
         order by t.is_primary desc nulls last, t.external_calendar_id
         limit 1
    )
    insert into calendar.calendars as c
           (broker_id, account_id, external_calendar_id, display_name, timezone, is_primary, is_writable)
    select _broker.id, register_calendars.account_id, t.external_calendar_id, calendar_private.one_line(left(t.display_name, 1000)),
           case when calendar_private.is_timezone(t.timezone) then t.timezone else _broker.timezone::text end,
           t.external_calendar_id in (select f.external_calendar_id from first as f), coalesce(t.is_writable, true)
      from told as t
    on conflict (account_id, external_calendar_id) do update
       set display_name = excluded.display_name, is_writable = excluded.is_writable
    returning c.id, c.external_calendar_id, c.display_name, c.is_primary, c.xmax = 0;
exception when deadlock_detected then
    -- Only where a transaction makes several calls.
    perform calendar_private.raise_came_first();
end
$$;
comment on function calendar_sync.register_calendars(uuid, jsonb) is
$$Creates the calendars that a provider lists for an account. Known calendars keep their settings, and none is removed; one that was gone is there again.

account_id: the account. calendars: [{"external_calendar_id", "display_name", "timezone": IANA or null = the broker's, "is_primary", "is_writable"}]. Where the broker has no primary calendar yet, or one of an account that is disconnected, the provider's first calendar that can be written to becomes the primary one.

Returns the calendars that the argument named.

Errors: PT404 account_not_found; 22023.$$;
grant execute on function calendar_sync.register_calendars(uuid, jsonb) to calendar_agent;
