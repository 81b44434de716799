create function calendar_sync.choose_calendars(connection_id uuid, session_digest bytea, choices jsonb) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _begun calendar.connections_begun := calendar_private.find_connection(connection_id, session_digest);
    _bookings uuid[];
    _wrong text;
begin
    if choices is null or jsonb_typeof(choices) <> 'object' then
        raise exception 'choices must be a JSON object, not %', calendar_private.quoted(choices #>> '{}')
            using errcode = '22023';
    end if;
    perform calendar_private.check_keys('choices', choices, array(
        select c.id::text from calendar.calendars as c where c.account_id = _begun.connected_account_id));
    select t.use into _wrong from jsonb_each_text(choices) as t (id, use)
     where t.use is null or t.use not in ('bookings', 'blocks', 'ignored') limit 1;
    if found then
        raise exception 'a choice must be bookings, blocks or ignored, not %', calendar_private.quoted(_wrong)
            using errcode = '22023';
    end if;
    perform calendar_private.lock_calendars(array(
        select c.id from calendar.calendars as c where c.broker_id = _begun.broker_id));
    _bookings := array(select c.id from calendar.calendars as c
                        where c.account_id = _begun.connected_account_id and choices ->> c.id::text = 'bookings');
    if cardinality(_bookings) > 1 then
        raise exception 'choices must write bookings to one calendar, not %', cardinality(_bookings) using errcode = '22023';
    end if;
    update calendar.calendars as c
       set blocks_availability = choices ->> c.id::text <> 'ignored',
           sync_enabled = choices ->> c.id::text <> 'ignored'
     where c.account_id = _begun.connected_account_id and choices ? c.id::text
       and (c.blocks_availability and c.sync_enabled) is distinct from (choices ->> c.id::text <> 'ignored');
    if cardinality(_bookings) = 1 then
        perform calendar.set_primary_calendar(_bookings[1]);
    end if;
exception when deadlock_detected then
    -- Only where a transaction makes several calls.
    perform calendar_private.raise_came_first();
end
$$;
comment on function calendar_sync.choose_calendars(uuid, bytea, jsonb) is
$$Says what the calendars of the account that a browser has connected are for.

connection_id: "id" of what take_ticket() returned. session_digest: SHA-256 of the browser's cookie. choices: for each calendar's id "bookings" (bookings are written to it, and its events take time), "blocks" (its events take time) or "ignored" (it is not read). One calendar at most gets the bookings; without one, they are written where they were before. Calendars that are not named stay as they are.

Errors: PT404 connection_not_found; 22023, also for bookings in a calendar that is read-only or gone.$$;
grant execute on function calendar_sync.choose_calendars(uuid, bytea, jsonb) to calendar_agent;
