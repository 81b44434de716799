create function calendar_private.lead_name_in_message(booking calendar.bookings) returns text
    language sql immutable
    set search_path = pg_catalog, pg_temp
as $$
    -- Quoted: a body that PostgreSQL parses would keep the table from getting a column.
    -- Not an address that a mail program makes a link of.
    select case when booking.is_public
                then left(regexp_replace(replace(calendar_private.plain_text(booking.lead_name), '/', ' '), '(\S)[.:](?=\S)', '\1 ', 'g'), 100)
                else booking.lead_name end;
$$;
comment on function calendar_private.lead_name_in_message(calendar.bookings) is
    'The name of a booking''s lead as messages show it: what a public caller entered, without what could be a link';
