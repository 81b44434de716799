create function calendar.import_ics(calendar_id uuid, ics text) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _timezone text;
    _owner text;
begin
    select c.timezone, b.email into _timezone, _owner
      from calendar.calendars as c
      join calendar.brokers as b on b.id = c.broker_id
     where c.id = import_ics.calendar_id;
    if not found then
        raise exception 'calendar_not_found' using errcode = 'PT404';
    elsif calendar_private.text_or_null(ics) is null then
        raise exception 'ics must be an iCalendar stream, which begins with BEGIN:VCALENDAR, not null' using errcode = '22023';
    end if;
    return calendar.apply_sync(
        import_ics.calendar_id, calendar_private.parse_ics(ics, _timezone, _owner)::jsonb);
end
$$;
comment on function calendar.import_ics(uuid, text) is
$$Writes the events and the busy time (VFREEBUSY) of an iCalendar stream (RFC 5545) into a calendar. Events that are not in the stream stay as they are. CANCEL and ADD messages (RFC 5546) change the event that they name; an answer or a proposal does not, and is rejected.

calendar_id: the calendar; floating times are read in its zone. ics: the stream.

Returns what apply_sync returns.

Errors: PT404 calendar_not_found; 22023 for text that is not an iCalendar stream, or whose end is missing.$$;
grant execute on function calendar.import_ics(uuid, text) to calendar_agent;
