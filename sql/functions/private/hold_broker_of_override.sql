create function calendar_private.hold_broker_of_override() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    -- A new version, once in a transaction: one that changes the broker's zone or horizon on an older
    -- snapshot must not derive occurrences from the overrides that it sees.
    perform calendar_private.lock_broker(b.id)
       from (values (old.broker_id), (new.broker_id)) as b (id) order by b.id;
    update calendar.brokers as b
       set overrides_until = b.overrides_until
     where b.id in (old.broker_id, new.broker_id) and b.xmin <> pg_current_xact_id()::xid;
    return coalesce(new, old);
end
$$;
comment on function calendar_private.hold_broker_of_override() is
    'Trigger: while overrides of a broker change, neither the broker''s zone nor the range of their occurrences does. 40001 where it has changed since this transaction''s snapshot.';
