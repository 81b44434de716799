create function calendar.upsert_obligation(
    broker_id uuid,
    external_id text,
    title text,
    due_on date default null,
    due_at timestamptz default null,
    notes text default null,
    url text default null,
    duration_minutes integer default null,
    reminder_minutes integer[] default null,
    status text default null
) returns calendar.obligations
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _changed uuid[];
    _obligation calendar.obligations;
begin
    perform calendar_private.require_broker(broker_id, 'service');
    _changed := array(select s.obligation_id from calendar_private.save_obligations(
        broker_id, jsonb_build_array(jsonb_build_object(
            'external_id', external_id, 'title', title, 'due_on', due_on, 'due_at', due_at, 'notes', notes, 'url', url,
            'duration_minutes', duration_minutes, 'reminder_minutes', reminder_minutes, 'status', status))) as s);
    if _changed <> '{}' then
        perform calendar_private.queue_obligations(broker_id, _changed);
    end if;
    select o.* into _obligation from calendar.obligations as o
     where o.broker_id = upsert_obligation.broker_id
       and o.external_id = calendar_private.text_or_null(upsert_obligation.external_id);
    return _obligation;
end
$$;
comment on function calendar.upsert_obligation(uuid, text, text, date, timestamptz, text, text, integer, integer[], text) is
$$Makes a deadline of a broker, or replaces it whole, and returns it. It is written to every calendar that receives deadlines (calendars.receives_obligations; null = the broker's primary one) as an event that takes no time and invites no one. The call never waits for a provider. One that is not different from what is stored changes nothing.

broker_id: the broker. external_id: its key in the system that owns it, 1 to 200 characters. title: 1 to 500 characters. due_on: the day, a date without a zone; due_at: or the instant; exactly one of the two. notes: a description, at most 10000 characters. url: an http or https address. duration_minutes: the event's length where it is due at an instant, 1 to 1440 (default 30). reminder_minutes: when to remind, in minutes before; for a day, before 9 in its morning; at most 5, each from 0 to 40320 (default {1440}). status: pending (default), done or cancelled. The event of one that is done or cancelled goes, and so does that of one that was due 30 days ago.

What a user changes in the calendar is put right when the deadline changes next. An event that a user deletes stays deleted until then.

Errors: PT404 broker_not_found; 42501 for anyone but calendar_service and operators; 22023 names the argument, its value and what is allowed.$$;
