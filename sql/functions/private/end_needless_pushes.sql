create function calendar_private.end_needless_pushes(bookings uuid[]) returns integer
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
    -- A few rows, each found by its key.
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
as $$
declare
    -- What others are at work on is left for the next call.
    _brokers uuid[] := array(
        select r.id from calendar.brokers as r
         where r.id = any (array(select b.broker_id from calendar.bookings as b where b.id = any (bookings)))
           for no key update skip locked);
    _held bigint[] := array(
        select o.id
          from calendar.outbox as o
          join calendar.bookings as b on b.id = o.booking_id
         -- Not as is null: the planner would read all that wait.
         where o.booking_id = any (bookings) and coalesce(o.done_at, 'infinity') = 'infinity'
           and b.broker_id = any (_brokers)
           for no key update of o skip locked);
    _ended integer;
begin
    -- Another agent may have leased a change of the booking meanwhile, and write it.
    update calendar.outbox as o
       set done_at = calendar_private.current_instant()
      from calendar.bookings as b
     where o.id = any (_held) and b.id = o.booking_id
       and calendar_private.is_free(o.leased_until) and calendar_private.is_needless(b.id, b.status, b.slot_end, o.attempts)
       and not exists (select from calendar.outbox as p
                        where p.booking_id = o.booking_id and coalesce(p.done_at, 'infinity') = 'infinity'
                          and p.id <> all (_held));
    get diagnostics _ended = row_count;
    return _ended;
end
$$;
comment on function calendar_private.end_needless_pushes(uuid[]) is
    'Marks what of these bookings need not be written to a provider as done, unless another transaction is changing it; returns how much';
