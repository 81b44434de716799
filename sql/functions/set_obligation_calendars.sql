create function calendar.set_obligation_calendars(broker_id uuid, calendar_ids uuid[] default null) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _calendars uuid[];
begin
    perform calendar_private.require_broker(broker_id, 'owner');
    if cardinality(calendar_ids) > 1000 then
        raise exception 'calendar_ids must have at most 1000 items, not %', cardinality(calendar_ids) using errcode = '22023';
    elsif array_position(calendar_ids, null) is not null then
        raise exception 'calendar_ids must not have a null' using errcode = '22023';
    end if;
    _calendars := array(
        select c.id from calendar.calendars as c where c.broker_id = set_obligation_calendars.broker_id);
    if not calendar_ids <@ _calendars then
        raise exception 'calendar_not_found' using errcode = 'PT404';
    end if;
    perform calendar_private.lock_calendars(_calendars, false);
    perform calendar_private.lock_broker(broker_id);
    -- The trigger calendars_obligations_changed has their events written and taken away.
    update calendar.calendars as c
       set receives_obligations = c.id = any (calendar_ids)
     where c.broker_id = set_obligation_calendars.broker_id
       and c.receives_obligations is distinct from (c.id = any (calendar_ids));
    return calendar_private.obligation_calendars_json(broker_id);
end
$$;
comment on function calendar.set_obligation_calendars(uuid, uuid[]) is
$$Chooses the calendars that a broker's deadlines are written to. A calendar that is chosen gets the pending ones that are due within 400 days, at most 500, the nearest first; sync_obligations() writes the others. One that is no longer chosen loses them.

broker_id: the broker. calendar_ids: its calendars that receive deadlines; an empty array chooses none; null (default) means the primary one.

Returns [{"calendar_id", "display_name", "problem": why the calendar cannot hold deadlines (it is at GoHighLevel, a feed, or read-only); null = it can}] of the calendars that receive them.

Errors: PT404 broker_not_found, or calendar_not_found for a calendar of another broker; 42501 for anyone but the broker and calendar_service; 22023.$$;
