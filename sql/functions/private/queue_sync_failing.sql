create function calendar_private.queue_sync_failing() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    -- Most outages are over within an hour, and nobody can do anything about them.
    perform calendar_private.queue_account_messages(
                c.account_id, 'sync_failing', calendar_private.current_instant() + interval '1 hour')
       from calendar.calendars as c
      where c.id = new.calendar_id and c.account_id is not null;
    return null;
end
$$;
comment on function calendar_private.queue_sync_failing() is
    'Trigger: writes the messages about an account of which a calendar could not be read three times in a row; they are due if that lasts for an hour';
