create function calendar_private.obligation_event(obligation calendar.obligations) returns jsonb
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
               'kind', 'obligation', 'id', obligation.id, 'date', obligation.due_on, 'start', calendar_private.json_instant(obligation.due_at),
               'end', calendar_private.json_instant(
                          obligation.due_at + make_interval(mins => obligation.duration_minutes)),
               'timezone', b.timezone, 'title', obligation.title, 'notes', obligation.notes, 'url', obligation.url,
               'reminders', obligation.reminder_minutes, 'sequence', obligation.sequence,
               'broker', jsonb_build_object('name', b.name, 'email', b.email, 'phone', b.phone))
      from calendar.brokers as b
     where b.id = obligation.broker_id
$$;
comment on function calendar_private.obligation_event(calendar.obligations) is
    'What the event of a deadline must say, as lease_pushes returns it';
