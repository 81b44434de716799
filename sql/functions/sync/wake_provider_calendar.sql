create function calendar_sync.wake_provider_calendar(provider text, external_calendar_id text) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    provider := calendar_private.text_or_null(provider);
    perform calendar_private.check_provider(wake_provider_calendar.provider);
    perform calendar_private.check_text('external_calendar_id', wake_provider_calendar.external_calendar_id, 2000);
    perform calendar_private.make_due(c.id)
       from calendar.calendars as c
       join calendar.accounts as a on a.id = c.account_id
      where a.provider = wake_provider_calendar.provider
        and c.external_calendar_id = wake_provider_calendar.external_calendar_id;
    return found;
end
$$;
comment on function calendar_sync.wake_provider_calendar(text, text) is
$$Makes calendars due for a pull at once, because their provider, whose signature was checked, reported a change, and notifies calendar_pull.

provider: google, microsoft, caldav, ics or ghl. external_calendar_id: the provider's id of the calendar.

Returns whether there is such a calendar. Errors: 22023.$$;
grant execute on function calendar_sync.wake_provider_calendar(text, text) to calendar_agent;
