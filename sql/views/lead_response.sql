create view calendar.lead_response with (security_invoker = true) as
select k.id as booking_id, k.broker_id, b.name as broker_name, k.created_by as channel, k.status,
       k.created_at as requested_at, k.confirmed_at, k.confirmed_at - k.created_at as response,
       k.slot_start, k.slot_start - k.created_at as wait
  from calendar.bookings as k
  join calendar.brokers as b on b.id = k.broker_id;

comment on view calendar.lead_response is 'How long leads wait from their request until they have a booking, and until it takes place';
comment on column calendar.lead_response.booking_id is 'The booking';
comment on column calendar.lead_response.broker_id is 'The broker';
comment on column calendar.lead_response.broker_name is 'The broker''s name';
comment on column calendar.lead_response.channel is 'The channel through which it was requested, such as voice';
comment on column calendar.lead_response.status is 'The booking''s status now';
comment on column calendar.lead_response.requested_at is 'When it was held, asked for or booked (UTC instant)';
comment on column calendar.lead_response.confirmed_at is 'When it was confirmed (UTC instant); null = not yet, or never';
comment on column calendar.lead_response.response is 'Time from request to confirmation';
comment on column calendar.lead_response.slot_start is 'When it takes place (UTC instant)';
comment on column calendar.lead_response.wait is 'Time from request to appointment';
