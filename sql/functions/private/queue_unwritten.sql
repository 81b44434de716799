create function calendar_private.queue_unwritten(most integer) returns void
    -- Agents call this twice a second: of PL/pgSQL, a session keeps the plans.
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _late uuid[];
begin
    with late as (
        update calendar.outbox as o
           set reported_at = calendar_private.current_instant()
         where o.id = any (array(
                   select l.id from calendar.outbox as l
                    where l.done_at is null and l.reported_at is null and l.booking_id is not null
                      and l.created_at <= calendar_private.current_instant() - interval '1 hour'
                    order by l.created_at limit queue_unwritten.most
                      for no key update skip locked))
        returning o.booking_id
    )
    select array_agg(l.booking_id) into _late from late as l;
    if _late is null then
        return;
    end if;
    insert into calendar.notifications (broker_id, booking_id, kind, channel, recipient, endpoint_id, revision, due_at, next_attempt_at)
    select b.broker_id, b.id, 'unwritten', m.channel, m.recipient, m.endpoint_id, b.sequence,
           calendar_private.current_instant(), calendar_private.current_instant()
      from unnest(_late) as l (booking_id)
      join calendar.bookings as b on b.id = l.booking_id
      join calendar.brokers as r on r.id = b.broker_id
     cross join lateral (
           select 'email', 'broker', null::uuid
            where calendar_private.wants_message(r.notify, 'broker', 'email', 'unwritten')
           union all
           select 'sms', 'broker', null::uuid
            where r.business_phone is not null and calendar_private.wants_message(r.notify, 'broker', 'sms', 'unwritten')
           union all
           values ('email', 'operator', null::uuid)
           union all
           select 'webhook', case when e.broker_id is null then 'operator' else 'broker' end, e.id
             from calendar.webhook_endpoints as e
            where (e.broker_id = b.broker_id or e.broker_id is null)
              and e.disabled_at is null and (e.events is null or 'unwritten' = any (e.events))
           ) as m (channel, recipient, endpoint_id)
     where exists (select from calendar_private.push_target(b.id))
    on conflict do nothing;
end
$$;
comment on function calendar_private.queue_unwritten(integer) is
    'Writes the messages about at most so many changes of bookings that have not been written to their provider for an hour';
