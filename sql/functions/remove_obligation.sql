create function calendar.remove_obligation(broker_id uuid, external_id text) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _id uuid;
begin
    perform calendar_private.require_broker(broker_id, 'service');
    if calendar_private.text_or_null(external_id) is null then
        raise exception 'external_id must not be null' using errcode = '22023';
    end if;
    perform calendar_private.check_text('external_id', external_id, 200);
    perform calendar_private.lock_broker(broker_id);
    update calendar.obligations as o
       set status = 'cancelled', removed_at = _now, sequence = o.sequence + 1, updated_at = _now
     where o.broker_id = remove_obligation.broker_id
       and o.external_id = calendar_private.text_or_null(remove_obligation.external_id) and o.removed_at is null
    returning o.id into _id;
    if _id is null then
        return false;
    end if;
    perform calendar_private.queue_obligations(broker_id, array[_id]);
    perform calendar_private.forget_obligation(_id);
    return true;
end
$$;
comment on function calendar.remove_obligation(uuid, text) is
$$Removes a deadline of a broker. Its events go from the calendars, and its row once they have gone; until then its status is cancelled.

broker_id: the broker. external_id: its key in the system that owns it. Returns whether there was one.

Errors: PT404 broker_not_found; 42501 for anyone but calendar_service and operators; 22023.$$;
