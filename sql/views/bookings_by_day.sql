create view calendar.bookings_by_day with (security_invoker = true) as
select b.id as broker_id, b.name as broker_name,
       (k.slot_start at time zone b.timezone)::date as date,
       extract(hour from k.slot_start at time zone b.timezone)::integer as hour,
       count(*) as bookings,
       count(*) filter (where k.status in ('held', 'pending', 'confirmed')) as active,
       count(*) filter (where k.status = 'completed') as completed,
       count(*) filter (where k.status = 'no_show') as no_show,
       count(*) filter (where k.status = 'cancelled') as cancelled,
       count(*) filter (where k.reschedules > 0) as rescheduled
  from calendar.bookings as k
  join calendar.brokers as b on b.id = k.broker_id
 group by b.id, 3, 4;

comment on view calendar.bookings_by_day is 'How many bookings take place on each date and in each hour of it, and what became of them';
comment on column calendar.bookings_by_day.broker_id is 'The broker';
comment on column calendar.bookings_by_day.broker_name is 'The broker''s name';
comment on column calendar.bookings_by_day.date is 'The date of the appointments, in the broker''s zone';
comment on column calendar.bookings_by_day.hour is 'The hour in which they start, 0 to 23, in the broker''s zone';
comment on column calendar.bookings_by_day.bookings is 'Bookings of any status';
comment on column calendar.bookings_by_day.active is 'Of these, those that are held, pending or confirmed';
comment on column calendar.bookings_by_day.completed is 'Of these, appointments that took place';
comment on column calendar.bookings_by_day.no_show is 'Of these, those to which the lead did not come';
comment on column calendar.bookings_by_day.cancelled is 'Of these, those that were cancelled or declined, or whose hold has lapsed';
comment on column calendar.bookings_by_day.rescheduled is 'Of these, those that were moved here from another time';
