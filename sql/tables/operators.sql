create table calendar.operators (
    user_id uuid primary key,
    created_at timestamptz not null default calendar_private.current_instant()
);

comment on table calendar.operators is 'Users who may do through their own token what calendar_service may; written by calendar_service alone';
comment on column calendar.operators.user_id is 'The user, as "sub" of the token names it';
comment on column calendar.operators.created_at is 'When the row was created (UTC instant)';

select pg_catalog.pg_extension_config_dump('calendar.operators', '');

alter table calendar.operators enable row level security;
create policy for_operators on calendar.operators for select
    using ((select calendar_private.serves_all()));
create policy everything_for_service on calendar.operators
    to calendar_service, calendar_definer using (true) with check (true);
