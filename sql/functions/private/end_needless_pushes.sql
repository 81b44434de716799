create function calendar_private.end_needless_pushes() returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _bookings uuid[] := array(
        select o.booking_id
          from calendar.outbox as o
          join calendar.bookings as b on b.id = o.booking_id
         where o.done_at is null and calendar_private.is_free(o.leased_until)
           and calendar_private.is_needless(b.id, b.status, b.slot_end, o.attempts));
    _brokers uuid[];
    _held bigint[];
begin
    if _bookings = '{}' then
        return;
    end if;
    -- What others are at work on is left for the next call.
    _brokers := array(
        select r.id from calendar.brokers as r
         where r.id = any (array(select b.broker_id from calendar.bookings as b where b.id = any (_bookings)))
           for no key update skip locked);
    _held := array(
        select o.id
          from calendar.outbox as o
          join calendar.bookings as b on b.id = o.booking_id
         where o.booking_id = any (_bookings) and o.done_at is null and b.broker_id = any (_brokers)
           for no key update of o skip locked);
    -- Another agent may have leased a change of the booking meanwhile, and write it.
    update calendar.outbox as o
       set done_at = calendar_private.current_instant()
      from calendar.bookings as b
     where o.id = any (_held) and b.id = o.booking_id
       and calendar_private.is_free(o.leased_until) and calendar_private.is_needless(b.id, b.status, b.slot_end, o.attempts)
       and not exists (select from calendar.outbox as p
                        where p.booking_id = o.booking_id and p.done_at is null and p.id <> all (_held));
end
$$;
comment on function calendar_private.end_needless_pushes() is
    'Marks what need not be written to a provider as done, unless another transaction is changing it';
