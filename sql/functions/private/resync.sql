create function calendar_private.resync(calendar_id uuid) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform from calendar.calendars as c where c.id = calendar_id and c.account_id is not null for key share;
    if not found then
        raise exception 'calendar_not_found' using errcode = 'PT404';
    end if;
    insert into calendar.sync_state as s (calendar_id) values (calendar_id)
    on conflict on constraint sync_state_pkey do update
       -- A pull that is under way will note down a token, but not that it was a full one.
       set sync_token = null, last_full_at = null, next_attempt_at = null, last_attempt_at = null, failures = 0;
end
$$;
comment on function calendar_private.resync(uuid) is
    'Makes a calendar of an account due for a full resync at once, for a caller whose rights are known. PT404 calendar_not_found.';
