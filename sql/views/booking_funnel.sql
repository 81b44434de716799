create view calendar.booking_funnel with (security_invoker = true) as
select b.id as broker_id, b.name as broker_name, k.created_by as channel,
       (k.created_at at time zone b.timezone)::date as date,
       count(*) as requested,
       count(*) filter (where k.held_at is not null) as held,
       count(*) filter (where k.confirmed_at is not null) as confirmed,
       count(*) filter (where k.status = 'cancelled' and k.cancel_reason is distinct from 'hold_expired') as cancelled,
       count(*) filter (where k.status = 'held' and k.hold_expires_at <= calendar_private.current_instant()
                          or k.status = 'cancelled' and k.cancel_reason = 'hold_expired') as lapsed,
       count(*) filter (where k.status = 'failed') as failed,
       count(*) filter (where k.status = 'completed') as completed,
       count(*) filter (where k.status = 'no_show') as no_show,
       count(*) filter (where k.reschedules > 0) as rescheduled
  from calendar.bookings as k
  join calendar.brokers as b on b.id = k.broker_id
 group by b.id, k.created_by, 4;

comment on view calendar.booking_funnel is 'How many bookings of each broker, channel and date reached each state';
comment on column calendar.booking_funnel.broker_id is 'The broker';
comment on column calendar.booking_funnel.broker_name is 'The broker''s name';
comment on column calendar.booking_funnel.channel is 'The channel through which they were made, such as voice';
comment on column calendar.booking_funnel.date is 'When they were made, in the broker''s zone';
comment on column calendar.booking_funnel.requested is 'Bookings made, of any kind';
comment on column calendar.booking_funnel.held is 'Of these, those that began as holds';
comment on column calendar.booking_funnel.confirmed is 'Of these, those that were confirmed, at once or later';
comment on column calendar.booking_funnel.cancelled is 'Of these, those that were cancelled or declined';
comment on column calendar.booking_funnel.lapsed is 'Of these, holds that were not confirmed in time';
comment on column calendar.booking_funnel.failed is 'Of these, those that the provider refused or whose time was taken there first';
comment on column calendar.booking_funnel.completed is 'Of these, appointments that took place';
comment on column calendar.booking_funnel.no_show is 'Of these, appointments to which the lead did not come';
comment on column calendar.booking_funnel.rescheduled is 'Of these, those that were moved to another time, once or more; their status is counted apart';
