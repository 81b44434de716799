create function calendar_private.end_needless_obligations(pushes bigint[]) returns integer
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
    -- A few rows, each found by its key.
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
as $$
declare
    -- Who changes a deadline has its broker locked. What others are at work on is left for the next call.
    _brokers uuid[] := array(
        select r.id from calendar.brokers as r
         where r.id = any (array(select o.broker_id from calendar.outbox as o where o.id = any (pushes)))
           for no key update skip locked);
    _held bigint[] := array(
        select o.id from calendar.outbox as o
         where o.id = any (pushes) and o.broker_id = any (_brokers) and coalesce(o.done_at, 'infinity') = 'infinity'
           and calendar_private.is_free(o.leased_until)
           for no key update skip locked);
    _ended integer;
begin
    update calendar.outbox as o
       set done_at = calendar_private.current_instant(), lease_id = null, leased_at = null, leased_until = null
     where o.id = any (_held)
       and (select p.is_needless from calendar_private.obligation_push(o.obligation_id, o.calendar_id, o.attempts) as p);
    get diagnostics _ended = row_count;
    perform calendar_private.forget_obligation(o.obligation_id) from calendar.outbox as o where o.id = any (_held);
    return _ended;
end
$$;
comment on function calendar_private.end_needless_obligations(bigint[]) is
    'Marks those of these changes of deadlines as done about which there is nothing to do, unless another transaction is at work for their broker; returns how many';
