create function calendar_private.obligation_calendars(broker_id uuid)
    returns table (calendar_id uuid, account_id uuid, is_chosen boolean)
    language sql stable rows 3
begin atomic
    select c.id, a.id, coalesce(c.receives_obligations, c.is_primary)
      from calendar.calendars as c
      join calendar.accounts as a on a.id = c.account_id
     where c.broker_id = obligation_calendars.broker_id
       and a.provider not in ('ghl', 'ics') and a.status <> 'disconnected'
       and c.is_writable and c.gone_at is null;
end;
comment on function calendar_private.obligation_calendars(uuid) is
    'The calendars of a broker that can hold deadlines, and whether deadlines are to be written to them: where receives_obligations says so, or is null and the calendar is the primary one. GoHighLevel and feeds cannot hold them.';
