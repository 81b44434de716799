create view calendar.upcoming_bookings with (security_invoker = true) as
select k.id as booking_id, b.id as broker_id, b.name as broker_name, k.status, k.slot_start, k.slot_end,
       k.slot_start at time zone b.timezone as local_start, b.timezone,
       k.title, k.lead_name, k.lead_email, k.lead_phone, k.created_by as channel, k.meeting_link,
       k.hold_expires_at,
       -- Not by exists: the planner would read all calendars and all of the outbox for a few bookings.
       case when (select c.account_id from calendar.calendars as c where c.id = k.calendar_id) is not null
            then (select true from calendar.outbox as o where o.booking_id = k.id and o.done_at is null limit 1) is null
            end as is_written
  from calendar.bookings as k
  join calendar.brokers as b on b.id = k.broker_id
 -- None is longer, and there is an index of the starts.
 where k.slot_start > calendar_private.current_instant() - interval '24 hours'
   -- As one: the planner takes several for independent, and expects too few rows to use the index's order.
   and coalesce(k.slot_end > calendar_private.current_instant()
                and (k.status in ('pending', 'confirmed')
                     or k.status = 'held' and k.hold_expires_at > calendar_private.current_instant()), false);

comment on view calendar.upcoming_bookings is 'Bookings that take time and have not ended';
comment on column calendar.upcoming_bookings.booking_id is 'The booking';
comment on column calendar.upcoming_bookings.broker_id is 'The broker';
comment on column calendar.upcoming_bookings.broker_name is 'The broker''s name';
comment on column calendar.upcoming_bookings.status is 'held, pending or confirmed';
comment on column calendar.upcoming_bookings.slot_start is 'First instant (UTC)';
comment on column calendar.upcoming_bookings.slot_end is 'First instant after it (UTC)';
comment on column calendar.upcoming_bookings.local_start is 'Start as the broker''s clock shows it';
comment on column calendar.upcoming_bookings.timezone is 'The broker''s zone (IANA)';
comment on column calendar.upcoming_bookings.title is 'Title';
comment on column calendar.upcoming_bookings.lead_name is 'The lead''s name';
comment on column calendar.upcoming_bookings.lead_email is 'The lead''s e-mail address';
comment on column calendar.upcoming_bookings.lead_phone is 'The lead''s telephone number';
comment on column calendar.upcoming_bookings.channel is 'The channel through which it was booked, such as voice';
comment on column calendar.upcoming_bookings.meeting_link is 'Where to meet online';
comment on column calendar.upcoming_bookings.hold_expires_at is 'When a hold lapses (UTC instant)';
comment on column calendar.upcoming_bookings.is_written is 'Whether the provider has all its changes; null = its calendar is at no provider';
