create function calendar.get_free_days(
    page text,
    month date,
    timezone text,
    duration_minutes integer default null
) returns table (day date, slots integer)
    language plpgsql stable security definer rows 31
    set search_path = pg_catalog, pg_temp
as $$
declare
    _page record := calendar_private.find_page(page);
begin
    return query
        select d.day, d.slots
          from calendar_private.free_days(
                   _page.broker_id, _page.meeting_type, month, timezone, duration_minutes) as d;
end
$$;
comment on function calendar.get_free_days(text, date, text, integer) is
$$How many slots of a public page can be booked on each day of a month. Where the month has none, a last row beyond it is the first day that has one, within the booking horizon.

page: BROKER-SLUG or BROKER-SLUG/TYPE-SLUG. month: any day of the month in timezone, the visitor's IANA zone in which days begin and end (null = the broker's). timezone: that zone. duration_minutes: length of a slot in minutes, one that the page has (its first).

Errors: PT404 page_not_found where there is no such page or it is not public; 22023 names the argument and what is allowed.$$;
