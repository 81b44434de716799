create function calendar_private.mark_gone(calendar_id uuid, is_gone boolean) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _problem constant text := 'its calendar is gone at the provider';
begin
    if not exists (select from calendar.calendars as c
                    where c.id = mark_gone.calendar_id and (c.gone_at is not null) <> is_gone) then
        return;
    end if;
    perform calendar_private.lock_broker(c.broker_id) from calendar.calendars as c where c.id = mark_gone.calendar_id;
    update calendar.calendars as c
       set gone_at = case when is_gone then _now end
     where c.id = mark_gone.calendar_id and (c.gone_at is not null) <> is_gone;
    if not found then
        return;
    end if;
    perform calendar_private.note_problem(b, case when is_gone then _problem end)
       from calendar.calendars as c
       join calendar.bookings as b on b.broker_id = c.broker_id
      where c.id = mark_gone.calendar_id
        and b.status in ('pending', 'confirmed') and b.slot_end > _now
        and (select t.calendar_id from calendar_private.push_target(b.id) as t) = c.id
        and (is_gone or b.problem = _problem);
end
$$;
comment on function calendar_private.mark_gone(uuid, boolean) is
    'Records that a calendar is gone at its provider, or is there again; the bookings to come that are written to it say so';
