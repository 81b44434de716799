create function calendar_private.read_events_again() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    update calendar.sync_state as s
       set sync_token = null, last_full_at = null
      from calendar.calendars as c
     where c.id = s.calendar_id and c.broker_id = new.id;
    return null;
end
$$;
comment on function calendar_private.read_events_again() is
    'Trigger: with a broker''s e-mail address the answers to invitations are others, so everything is read again';
