-- What the workflows run against: the roles of Supabase, a login role for n8n's Postgres node, and
-- a clock that stands still, so that no test depends on today. It is a Monday, 08:00 in New York.
set client_min_messages = warning;

create role anon nologin;
create role authenticated nologin;
create role service_role nologin bypassrls;
create role authenticator login noinherit;
grant anon, authenticated, service_role to authenticator;

create extension calendar_ext cascade;

create role n8n login;
grant calendar_service to n8n;

select format('alter database %I set calendar.now = %L', current_database(), '2026-03-02T13:00:00Z') \gexec

-- Where n8n keeps its own data.
create database n8n;
