create function calendar.get_calendar_log(calendar_id uuid, max_rows integer default 50) returns jsonb
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _calendar calendar.calendars;
begin
    max_rows := coalesce(max_rows, 50);
    if calendar_id is null then
        raise exception 'calendar_id must not be null' using errcode = '22023';
    end if;
    perform calendar_private.check_most('max_rows', max_rows);
    select c.* into _calendar from calendar.calendars as c where c.id = get_calendar_log.calendar_id;
    if not found or coalesce(calendar_private.caller_access(_calendar.broker_id), 'public') = 'public' then
        raise exception 'calendar_not_found' using errcode = 'PT404';
    end if;
    return jsonb_build_object(
        'pulls', (
            select coalesce(jsonb_agg(r.shown), '[]')
              from (select jsonb_build_object(
                               'logged_at', calendar_private.json_instant(l.logged_at), 'is_full', l.is_full,
                               'created', l.created, 'updated', l.updated, 'deleted', l.deleted,
                               'rejected', l.rejected, 'problem', l.problem) as shown
                      from calendar.sync_logs as l
                     where l.calendar_id = get_calendar_log.calendar_id
                     order by l.logged_at desc, l.id desc
                     limit max_rows) as r),
        'rejected', (
            select coalesce(jsonb_agg(r.shown), '[]')
              from (select jsonb_build_object('external_event_id', e.external_event_id, 'reason', e.reason) as shown
                      from calendar.rejected_events as e
                     where e.calendar_id = get_calendar_log.calendar_id
                     order by e.external_event_id
                     limit max_rows) as r));
end
$$;
comment on function calendar.get_calendar_log(uuid, integer) is
$$What happened to a calendar of late: {"pulls": [{"logged_at", "is_full", "created", "updated", "deleted", "rejected", "problem": why it failed}], newest first, without those that changed nothing, "rejected": [{"external_event_id", "reason"}], the events that could not be understood}. Instants are in UTC.

calendar_id: the calendar. max_rows: at most so many of each, 1 to 1000.

Errors: PT404 calendar_not_found, also for anyone but the broker, calendar_service and operators; 22023.$$;
