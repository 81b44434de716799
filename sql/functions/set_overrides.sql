create function calendar.set_overrides(broker_id uuid, overrides jsonb) returns setof calendar.availability_overrides
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _kinds constant jsonb := '{"id": "text", "kind": "text", "starts_at": "instant", "ends_at": "instant",
                               "rrule": "text", "reason": "text", "created_by": "text"}';
begin
    perform calendar_private.require_broker(broker_id, 'owner');
    if overrides is null or jsonb_typeof(overrides) <> 'array' then
        raise exception 'overrides must be a JSON array, not %', calendar_private.quoted(overrides::text) using errcode = '22023';
    end if;
    perform calendar_private.check_item('overrides', o.item, _kinds) from jsonb_array_elements(overrides) as o (item);
    perform calendar_private.lock_broker(broker_id);
    -- What stays as it is keeps its row, and what is derived from it.
    delete from calendar.availability_overrides as v
     where v.broker_id = set_overrides.broker_id
       and not exists (
           select from jsonb_to_recordset(overrides)
                       as o (id text, kind text, starts_at timestamptz, ends_at timestamptz, rrule text, reason text)
            where calendar_private.uuid_or_null(o.id) = v.id
              and (o.kind, o.starts_at, o.ends_at) = (v.kind, v.starts_at, v.ends_at)
              and (calendar_private.text_or_null(o.rrule), calendar_private.text_or_null(o.reason))
                  is not distinct from (v.rrule, v.reason));
    insert into calendar.availability_overrides (broker_id, kind, starts_at, ends_at, rrule, reason, created_by)
    select set_overrides.broker_id, o.kind, o.starts_at, o.ends_at,
           calendar_private.text_or_null(o.rrule), calendar_private.text_or_null(o.reason),
           calendar_private.text_or_null(o.created_by)
      from jsonb_to_recordset(overrides)
           as o (id text, kind text, starts_at timestamptz, ends_at timestamptz, rrule text, reason text, created_by text)
     where not exists (select from calendar.availability_overrides as v
                        where v.broker_id = set_overrides.broker_id and v.id = calendar_private.uuid_or_null(o.id));
    return query
        select v.* from calendar.availability_overrides as v
         where v.broker_id = set_overrides.broker_id order by v.starts_at, v.id;
exception
    when not_null_violation or check_violation then
        raise exception 'overrides: %', sqlerrm using errcode = '22023';
end
$$;
comment on function calendar.set_overrides(uuid, jsonb) is
$$Replaces the exceptions to a broker's working hours, and returns them in order.

broker_id: the broker. overrides: [{"kind": block, open or replace, "starts_at", "ends_at": instants with an offset, "rrule": an RRULE or null, "reason", "created_by": texts, "id": of one that exists and stays as it is}], at most 1000; every other one is deleted.

Errors: PT404 broker_not_found; 42501 for anyone but the broker and calendar_service; 22023 names the key and what is allowed.$$;
