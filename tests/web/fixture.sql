create role anon nologin;
create role authenticated nologin;
create role service_role nologin bypassrls;
create role authenticator login noinherit;
grant anon, authenticated, service_role to authenticator;
create extension calendar_ext cascade;
-- A Friday. The browsers' clocks begin here, too.
alter system set calendar.now = '2026-12-04T15:00:00Z';
select pg_reload_conf();
