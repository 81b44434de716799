create function calendar_private.writable_elsewhere(account_id uuid, calendar_id uuid) returns jsonb
    language sql stable
begin atomic
    select coalesce(jsonb_agg(jsonb_build_object(
               'calendar_id', c.id, 'external_calendar_id', c.external_calendar_id, 'timezone', c.timezone)
               order by c.external_calendar_id), '[]')
      from calendar.calendars as c
     where c.account_id = writable_elsewhere.account_id and c.id <> writable_elsewhere.calendar_id and c.is_writable;
end;
comment on function calendar_private.writable_elsewhere(uuid, uuid) is
    'The other calendars of an account that can be written to, as lease_pushes returns them';
