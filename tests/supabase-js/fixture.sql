create role anon nologin;
create role authenticated nologin;
create role service_role nologin bypassrls;
create role authenticator login noinherit;
grant anon, authenticated, service_role to authenticator;
create extension calendar_ext cascade;
-- Around the clock, so that the present does not matter.
insert into calendar.brokers (id, user_id, name, timezone, public_booking, slug)
values ('aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-00000000000a', 'Ann', 'America/New_York', true, 'ann'),
       ('aaaaaaaa-0000-4000-8000-000000000002', 'aaaaaaaa-0000-4000-8000-00000000000b', 'Ben', 'Europe/London', false, 'ben');
insert into calendar.working_hours (broker_id, weekday, start_local, end_local)
select b.id, weekday, '00:00', '24:00' from calendar.brokers as b, generate_series(1, 7) as weekday;
select calendar.save_meeting_type('aaaaaaaa-0000-4000-8000-000000000001', '{
    "slug": "call", "name": "Call", "durations": [15],
    "questions": [{"name": "topic", "label": "What is it about?", "kind": "text", "required": true}]}') \g /dev/null
