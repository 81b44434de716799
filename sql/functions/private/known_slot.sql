create function calendar_private.known_slot(message calendar.notifications, out slot tstzrange, out is_known boolean)
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _last integer := (
        select max(n.revision) from calendar.notifications as n
         where n.booking_id = message.booking_id and n.channel = message.channel and n.recipient = message.recipient
           and n.endpoint_id is not distinct from message.endpoint_id
           and n.kind in ('booked', 'requested', 'confirmed', 'rescheduled') and n.state = 'sent');
begin
    select n.previous_slot into slot
      from calendar.notifications as n
     where n.booking_id = message.booking_id and n.channel = message.channel and n.recipient = message.recipient
       and n.endpoint_id is not distinct from message.endpoint_id
       and n.kind = 'rescheduled' and n.revision > coalesce(_last, -1)
     order by n.revision limit 1;
    is_known := _last is not null;
end
$$;
comment on function calendar_private.known_slot(calendar.notifications) is
    'The time from which a booking was moved, as the recipient of a message last read it: of several moves in a short time, one is sent. is_known: whether the recipient has read any.';
