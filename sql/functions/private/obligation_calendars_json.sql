create function calendar_private.obligation_calendars_json(broker_id uuid) returns jsonb
    language sql stable
begin atomic
    select coalesce(jsonb_agg(jsonb_build_object(
               'calendar_id', c.id, 'display_name', coalesce(c.display_name, c.external_calendar_id),
               'problem', calendar_private.obligations_problem(a.provider, a.status, c.is_writable, c.gone_at))
               order by c.is_primary desc, c.id), '[]')
      from calendar.calendars as c
      left join calendar.accounts as a on a.id = c.account_id
     where c.broker_id = obligation_calendars_json.broker_id and coalesce(c.receives_obligations, c.is_primary);
end;
comment on function calendar_private.obligation_calendars_json(uuid) is
    'The calendars to which a broker''s deadlines are to be written, as sync_obligations returns them';
