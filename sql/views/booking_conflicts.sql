create view calendar.booking_conflicts with (security_invoker = true) as
select distinct on (u.booking_id, e.id)
       u.booking_id, u.broker_id, u.broker_name, u.slot_start, u.slot_end, u.status, u.lead_name,
       e.id as event_id, e.calendar_id, e.title as event_title,
       m.starts_at as event_start, m.ends_at as event_end, e.last_seen_at
  from calendar.upcoming_bookings as u
  -- Booking by booking, from the index alone: a join reads all blocks of all brokers.
 cross join lateral (
       select k.event_id, k.starts_at, k.ends_at
         from calendar.busy_blocks as k
        where k.broker_id = u.broker_id
          and k.starts_at < u.slot_end and k.starts_at > u.slot_start - interval '24 hours' and k.ends_at > u.slot_start
       offset 0) as m
  join calendar.events as e on e.id = m.event_id
 where e.booking_id is distinct from u.booking_id
 order by u.booking_id, e.id, m.starts_at;

comment on view calendar.booking_conflicts is 'Bookings to come that an event overlaps: it came later, or the booking was made outside hours';
comment on column calendar.booking_conflicts.booking_id is 'The booking';
comment on column calendar.booking_conflicts.broker_id is 'The broker';
comment on column calendar.booking_conflicts.broker_name is 'The broker''s name';
comment on column calendar.booking_conflicts.slot_start is 'First instant of the booking (UTC)';
comment on column calendar.booking_conflicts.slot_end is 'First instant after it (UTC)';
comment on column calendar.booking_conflicts.status is 'held, pending or confirmed';
comment on column calendar.booking_conflicts.lead_name is 'The lead''s name';
comment on column calendar.booking_conflicts.event_id is 'The event';
comment on column calendar.booking_conflicts.calendar_id is 'Its calendar';
comment on column calendar.booking_conflicts.event_title is 'Its title';
comment on column calendar.booking_conflicts.event_start is 'First instant of the occurrence that overlaps (UTC)';
comment on column calendar.booking_conflicts.event_end is 'First instant after it (UTC)';
comment on column calendar.booking_conflicts.last_seen_at is 'When a sync last wrote the event (UTC instant)';
