create function calendar_private.connection_json(begun calendar.connections_begun) returns jsonb
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
               'id', begun.id, 'broker_id', b.id, 'broker_name', b.name, 'broker_email', b.email,
               'provider', begun.provider, 'return_to', begun.return_to,
               'connected_account_id', begun.connected_account_id,
               'account', case when a.id is not null then jsonb_build_object(
                   'id', a.id, 'name', a.display_name, 'settings', a.settings, 'status', a.status, 'problem', a.problem,
                   'last_success_at', calendar_private.json_instant((
                       select max(s.last_success_at) from calendar.calendars as c
                         join calendar.sync_state as s on s.calendar_id = c.id where c.account_id = a.id)),
                   'bookings', (
                       select count(*) from calendar.bookings as k
                        where k.broker_id = b.id and k.slot_start > calendar_private.current_instant()
                          and k.status in ('pending', 'confirmed')
                          and k.calendar_id in (select c.id from calendar.calendars as c where c.account_id = a.id))) end)
      from calendar.brokers as b
      left join calendar.accounts as a on a.id = begun.account_id
     where b.id = begun.broker_id
$$;
comment on function calendar_private.connection_json(calendar.connections_begun) is
    'What a page of the agent shows of an account that is being connected: whose, at which provider, and of an account that is to be connected again its name, problem, last success and bookings to come';
