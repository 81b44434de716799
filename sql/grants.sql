grant usage on schema calendar, calendar_sync, calendar_private to calendar_definer, calendar_service, calendar_agent;

-- Security definer functions must not have a superuser's powers.
grant create on schema calendar, calendar_sync, calendar_private to calendar_definer;
grant select, insert, update, delete on all tables in schema calendar to calendar_definer;
grant usage on all sequences in schema calendar to calendar_definer;
grant select, usage, update on all sequences in schema calendar_private to calendar_definer;
do $$
declare
    _function regprocedure;
begin
    for _function in
        select p.oid::regprocedure from pg_catalog.pg_proc as p
         where p.pronamespace in ('calendar'::regnamespace, 'calendar_sync'::regnamespace, 'calendar_private'::regnamespace)
           and p.prosecdef
    loop
        execute format('alter function %s owner to calendar_definer', _function);
    end loop;
end
$$;
-- This one has no powers at all.
grant usage on schema calendar_private, calendar to calendar_hooks;
grant create on schema calendar_private to calendar_hooks;
alter function calendar_private.call_hook(text, calendar.booking) owner to calendar_hooks;
alter function calendar_private.read_hook(text) owner to calendar_hooks;
revoke create on schema calendar_private from calendar_hooks;
revoke create on schema calendar, calendar_sync, calendar_private from calendar_definer;

revoke all on all functions in schema calendar, calendar_sync, calendar_private from public;
grant execute on all functions in schema calendar, calendar_sync, calendar_private to calendar_definer;
grant execute on function calendar_private.quoted(text) to calendar_hooks;

-- Constraints, defaults, policies and views call these as the role that writes or reads.
grant execute on function
    calendar_private.is_timezone(text), calendar_private.is_recurrence(text), calendar_private.is_web_address(text), calendar_private.is_slug(text), calendar_private.is_locale(text),
    calendar_private.are_durations(integer[]), calendar_private.is_phone(text), calendar_private.are_reminders(integer[], integer), calendar_private.check_notify(jsonb),
    calendar_private.check_questions(jsonb), calendar_private.refuse(text, text, text, text),
    calendar_private.check_booking(calendar.bookings), calendar_private.check_obligation(calendar.obligations),
    calendar_private.obligations_problem(text, text, boolean, timestamptz),
    calendar_private.current_instant(), calendar_private.restoring(),
    calendar_private.web_origin(text), calendar_private.serves_all(),
    calendar_private.jwt_subject(), calendar_private.own_broker(), calendar_private.is_stale(timestamptz) to public;

grant execute on all functions in schema calendar, calendar_sync to calendar_service;
grant select on all tables in schema calendar to calendar_service;
-- It makes signatures as well as it checks them.
revoke select on calendar.voice_keys from calendar_service;
grant select (id, broker_id, created_at) on calendar.voice_keys to calendar_service;
grant insert, update, delete on
    calendar.accounts, calendar.working_hours, calendar.meeting_types, calendar.availability_overrides to calendar_service;
grant delete on calendar.brokers, calendar.calendars to calendar_service;
-- It makes signatures.
revoke select on calendar.webhook_endpoints from calendar_service;
grant select (id, broker_id, url, events, former_until, failing_since, last_success_at, last_error, disabled_at, created_at, updated_at)
    on calendar.webhook_endpoints to calendar_service;
grant insert, update, delete on calendar.operators, calendar.page_origins to calendar_service;
-- All but what says which derived rows are complete: readers trust it.
do $$
declare
    _grant text;
begin
    for _grant in
        select format('grant insert (%1$s), update (%1$s) on %2$s to calendar_service',
                      string_agg(quote_ident(a.attname), ', ' order by a.attnum), a.attrelid::regclass)
          from pg_catalog.pg_attribute as a
         where a.attrelid in ('calendar.brokers'::regclass, 'calendar.calendars'::regclass)
           and a.attnum > 0 and not a.attisdropped
           and a.attname not in ('overrides_from', 'overrides_until', 'blocks_from', 'blocks_until',
                                 'blocks_merged', 'covered_until', 'gone_at')
         group by a.attrelid
    loop
        execute _grant;
    end loop;
end
$$;
-- Bookings are made, moved and confirmed through functions alone; what became of an
-- appointment is for staff to say. calendar_private.revise_booking sees to it.
grant update (status, title, notes, meeting_link) on calendar.bookings to calendar_service;

-- All but the columns that hold secrets or their digests.
grant usage on schema calendar to calendar_reader;
do $$
declare
    _table regclass;
    _columns text;
begin
    for _table, _columns in
        select c.oid, string_agg(quote_ident(a.attname), ', ' order by a.attnum)
          from pg_catalog.pg_class as c
          join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         where c.relnamespace = 'calendar'::regnamespace and c.relkind in ('r', 'v')
           and a.attname not in ('secret', 'secret_key_id', 'mac_key', 'former_mac_key', 'token_digest', 'address_digest', 'secret_digest',
                                 'ticket_digest', 'session_digest', 'state_digest', 'verifier')
         group by c.oid
    loop
        execute format('grant select (%s) on %s to calendar_reader', _columns, _table);
    end loop;
    for _table in
        select c.oid from pg_catalog.pg_class as c
         where c.relnamespace = 'calendar'::regnamespace and c.relkind = 'r' and c.relrowsecurity
    loop
        execute format('create policy reads_everything on %s for select to calendar_reader using (true)', _table);
    end loop;
end
$$;
-- A view calls it.
grant execute on function calendar.get_utilisation(uuid, date, date) to calendar_reader;

select calendar.grant_api_roles();

-- PostgREST, where there is one, reads what there is now.
notify pgrst, 'reload schema';
