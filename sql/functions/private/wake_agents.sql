create unlogged sequence calendar_private.outbox_notified minvalue 0;
comment on sequence calendar_private.outbox_notified is
    'When agents were last notified of the outbox, in milliseconds since 1970. calendar_private.wake_agents alone uses it.';

create function calendar_private.wake_agents(booking_id uuid, calendar_id uuid default null) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now bigint := extract(epoch from clock_timestamp()) * 1000;
begin
    -- A transaction that notifies holds a lock of the whole cluster while it commits, so of many that
    -- commit at once one notifies. No transaction waits for a sequence. Agents look once a second in any case.
    if _now - pg_sequence_last_value('calendar_private.outbox_notified') between 0 and 99 then
        return;
    end if;
    if wake_agents.calendar_id is not null
       and not exists (select from calendar.calendars as c
                        where c.id = wake_agents.calendar_id and c.account_id is not null) then
        return;
    end if;
    perform setval('calendar_private.outbox_notified', _now);
    perform pg_notify('calendar_outbox', coalesce(booking_id::text, ''));
end
$$;
comment on function calendar_private.wake_agents(uuid, uuid) is
    'Notifies agents that a booking, or a deadline (booking_id is null), is to be written to a provider, unless they were notified within the last tenth of a second or the calendar is a local one';
