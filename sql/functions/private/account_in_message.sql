create function calendar_private.account_in_message(account_id uuid) returns jsonb
    language sql stable
begin atomic
    select jsonb_build_object(
               'id', a.id, 'provider', a.provider, 'display_name', a.display_name,
               'problem', coalesce(a.problem, f.problem),
               'since', calendar_private.json_instant(coalesce(a.refused_at, f.last_success_at)))
      from calendar.accounts as a
      left join lateral (
           select s.problem, s.last_success_at
             from calendar.calendars as c
             join calendar.sync_state as s on s.calendar_id = c.id
            where c.account_id = a.id and s.failures > 0
            order by s.last_success_at limit 1) as f on true
     where a.id = account_in_message.account_id;
end;
comment on function calendar_private.account_in_message(uuid) is
    'An account that does not work, as lease_notifications returns it in a message';
