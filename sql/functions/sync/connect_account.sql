create function calendar_sync.connect_account(
    broker_id uuid,
    provider text,
    settings jsonb default '{}',
    display_name text default null
) returns uuid
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _account_id uuid;
begin
    provider := calendar_private.text_or_null(provider);
    display_name := calendar_private.text_or_null(display_name);
    perform calendar_private.check_text('display_name', connect_account.display_name, 2000);
    perform calendar_private.check_provider(provider);
    settings := coalesce(settings, '{}');
    perform calendar_private.check_keys('settings', settings, array['url', 'username', 'location', 'calendar']);
    perform from calendar.brokers as b where b.id = connect_account.broker_id for key share;
    if not found then
        raise exception 'broker_not_found' using errcode = 'PT404';
    end if;
    insert into calendar.accounts as a (broker_id, provider, settings, display_name)
    values (broker_id, provider, settings, calendar_private.one_line(display_name))
    on conflict on constraint accounts_broker_id_provider_settings_key do update
       set status = 'active', problem = null, refusals = 0, refused_at = null, events_kept = false,
           display_name = coalesce(excluded.display_name, a.display_name)
    returning a.id into _account_id;
    update calendar.sync_state as s
       set next_attempt_at = null, failures = 0
      from calendar.calendars as c
     where c.id = s.calendar_id and c.account_id = _account_id;
    perform calendar_private.make_due(c.id) from calendar.calendars as c where c.account_id = _account_id;
    return _account_id;
end
$$;
comment on function calendar_sync.connect_account(uuid, text, jsonb, text) is
$$Creates an account of a broker at a provider, or makes the account with the same settings active again, whose calendars are due for a pull at once.

broker_id: the broker. provider: google, microsoft, caldav, ics or ghl. settings: how to reach it, without secrets (JSON object): {"url", "username"} at CalDAV, {"url", "calendar"} of a feed, {"calendar"} at Google and Microsoft, {"location"} at GoHighLevel. display_name: for people.

Returns the account's id; store its secret with store_secret().

Errors: PT404 broker_not_found; 22023.$$;
grant execute on function calendar_sync.connect_account(uuid, text, jsonb, text) to calendar_agent;
