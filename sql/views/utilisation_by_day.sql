create view calendar.utilisation_by_day with (security_invoker = true) as
select b.id as broker_id, b.name as broker_name, u.date,
       u.open_minutes, u.busy_minutes, u.booked_minutes, u.free_minutes
  from calendar.brokers as b
 cross join lateral (select (calendar_private.current_instant() at time zone b.timezone)::date as date) as today
 cross join lateral calendar.get_utilisation(b.id, today.date - 30, today.date + 60) as u;

comment on view calendar.utilisation_by_day is 'How each broker''s open time is used, from 30 days ago to 60 days from now; use get_utilisation() for other dates';
comment on column calendar.utilisation_by_day.broker_id is 'The broker';
comment on column calendar.utilisation_by_day.broker_name is 'The broker''s name';
comment on column calendar.utilisation_by_day.date is 'The date in the broker''s zone';
comment on column calendar.utilisation_by_day.open_minutes is 'Minutes of working hours and overrides';
comment on column calendar.utilisation_by_day.busy_minutes is 'Of these, minutes taken by events';
comment on column calendar.utilisation_by_day.booked_minutes is 'Of these, minutes taken by bookings';
comment on column calendar.utilisation_by_day.free_minutes is 'Of these, minutes that are left';
