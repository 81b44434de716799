create function calendar_private.make_due(calendar_id uuid) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into calendar.sync_state as s (calendar_id) values (calendar_id)
    on conflict on constraint sync_state_pkey do update
       -- Where a pull is under way, another follows it. A provider that asked to wait is not
       -- asked earlier.
       set last_attempt_at = null
     where s.last_attempt_at is not null;
    perform pg_notify('calendar_pull', calendar_id::text);
end
$$;
comment on function calendar_private.make_due(uuid) is
    'Makes a calendar due for a pull at once and notifies calendar_pull with its id';
