create function calendar_private.booking_uid(booking_id uuid) returns text
    language sql immutable
begin atomic
    select 'bk-' || booking_id || '@calendar-ext';
end;
comment on function calendar_private.booking_uid(uuid) is
    'The UID of a booking''s invitation and of its events at providers; booking_of_event reads it back';
