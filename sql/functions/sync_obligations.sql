create function calendar.sync_obligations(broker_id uuid) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform calendar_private.require_broker(broker_id, 'service');
    perform calendar_private.lock_broker(broker_id);
    return jsonb_build_object(
        'queued', calendar_private.queue_obligations(broker_id),
        'calendars', calendar_private.obligation_calendars_json(broker_id));
end
$$;
comment on function calendar.sync_obligations(uuid) is
$$Queues what of a broker's deadlines is not in its calendars as it must be: pending ones that a calendar lacks, also those that are due in more than 400 days, and events that must go. What waits already is not queued twice, and what a user deleted stays deleted until the deadline changes.

broker_id: the broker.

Returns {"queued": how many writes, "calendars": [{"calendar_id", "display_name", "problem": why the calendar cannot hold deadlines; null = it can}]}: the calendars that receive them.

Errors: PT404 broker_not_found; 42501 for anyone but calendar_service and operators.$$;
