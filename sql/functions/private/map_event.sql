create function calendar_private.map_event(
    booking_id uuid,
    calendar_id uuid,
    external_event_id text,
    etag text,
    written jsonb
) returns uuid
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _calendar_id uuid;
    _before calendar.event_mappings;
begin
    select coalesce(map_event.calendar_id, t.calendar_id) into _calendar_id
      from calendar_private.push_target(map_event.booking_id) as t
     where map_event.calendar_id is null
        or exists (select from calendar.calendars as c
                    where c.id = map_event.calendar_id and c.account_id = t.account_id);
    if not found then
        -- An account that was disconnected meanwhile has no more to map.
        if map_event.calendar_id is null then
            return null;
        end if;
        raise exception 'calendar_not_found' using errcode = 'PT404';
    end if;
    delete from calendar.event_mappings as m
     where m.booking_id = map_event.booking_id
       and (m.calendar_id, m.external_event_id) <> (_calendar_id, map_event.external_event_id)
    returning m.* into _before;
    -- Under its name before, it is not there any more. Of a series, the first occurrence alone is gone: pulls show the rest.
    delete from calendar.events as e
     using calendar.calendars as c, calendar.calendars as d
     where e.calendar_id = _before.calendar_id and e.external_event_id = _before.external_event_id
       and c.id = _before.calendar_id and d.id = _calendar_id and c.account_id = d.account_id
       and not exists (select from calendar.events as s
                        where s.calendar_id = e.calendar_id and s.external_event_id = e.external_event_id
                          and s.recurrence is not null);
    insert into calendar.event_mappings as m
           (booking_id, calendar_id, external_event_id, etag, written, moved_at, problem)
    values (map_event.booking_id, _calendar_id, map_event.external_event_id, map_event.etag,
            coalesce(map_event.written, _before.written), _before.moved_at, _before.problem)
    on conflict on constraint event_mappings_pkey do update
       set booking_id = excluded.booking_id, etag = excluded.etag,
           written = coalesce(excluded.written, m.written);
    return _calendar_id;
end
$$;
comment on function calendar_private.map_event(uuid, uuid, text, text, jsonb) is
    'Notes which event is a booking''s own: the one with this id in a calendar of the account that the booking is written to (null = the calendar that it is written to). A booking has one. written: what the event says; null = as before. Returns the calendar; null where it is written to none any more. PT404 calendar_not_found for a calendar of another account.';
