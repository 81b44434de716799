create function calendar_private.caller_name() returns text
    language sql stable parallel restricted
begin atomic
    -- Inside a security definer function current_user would be its owner.
    select coalesce(nullif(pg_catalog.current_setting('role'), 'none'), session_user::text);
end;
comment on function calendar_private.caller_name() is 'The session''s role, SET ROLE included';
