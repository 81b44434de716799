create function calendar.get_page_slots(
    page text,
    window_start timestamptz,
    window_end timestamptz,
    duration_minutes integer default null
) returns table (slot_start timestamptz, slot_end timestamptz)
    language plpgsql stable security definer rows 100
    set search_path = pg_catalog, pg_temp
as $$
declare
    _page record := calendar_private.find_page(page);
begin
    return query
        select s.slot_start, s.slot_end
          from calendar.get_available_slots(
                   _page.broker_id, window_start, window_end, duration_minutes,
                   meeting_type => _page.meeting_type::text) as s;
end
$$;
comment on function calendar.get_page_slots(text, timestamptz, timestamptz, integer) is
$$The slots of a public page that can be booked now, in order, as get_available_slots lists them.

page: BROKER-SLUG or BROKER-SLUG/TYPE-SLUG. window_start, window_end: UTC instants that slots must lie between (now, and 14 days later; at most 366 days). duration_minutes: length of a slot in minutes, one that the page has (its first).

Errors: PT404 page_not_found where there is no such page or it is not public; 22023 names the argument and what is allowed.$$;
