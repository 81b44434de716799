create function calendar.begin_connection(
    provider text,
    broker_id uuid default null,
    account_id uuid default null,
    return_to text default null
) returns text
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _ticket text := calendar_private.make_token();
    _account calendar.accounts;
    _broker_id uuid := broker_id;
    _public_url text;
    _is_set_up boolean;
begin
    provider := calendar_private.text_or_null(provider);
    return_to := calendar_private.text_or_null(return_to);
    perform calendar_private.check_provider(provider);
    if account_id is not null then
        select a.* into _account from calendar.accounts as a where a.id = begin_connection.account_id;
        if not found or _account.broker_id <> coalesce(_broker_id, _account.broker_id)
           or coalesce(calendar_private.caller_access(_account.broker_id), 'public') = 'public' then
            raise exception 'account_not_found' using errcode = 'PT404';
        elsif _account.provider <> provider then
            raise exception 'provider must be that of the account, %, not %', _account.provider, calendar_private.quoted(provider)
                using errcode = '22023';
        end if;
        _broker_id := _account.broker_id;
    end if;
    _broker_id := coalesce(_broker_id, calendar_private.own_broker());
    if calendar_private.require_broker(_broker_id, 'owner') = 'owner' then
        perform calendar_private.take_turn('begin_connection ' || _broker_id, 10, interval '1 minute');
    end if;
    if return_to is not null
       and not exists (select from calendar.page_origins as o
                        where o.origin = calendar_private.web_origin(begin_connection.return_to)) then
        raise exception 'return_to must be a URL whose scheme, host and port are listed in calendar.page_origins, without a user name, not %',
            calendar_private.quoted(return_to)
            using errcode = '22023';
    end if;
    select a.public_url, coalesce(begin_connection.provider = any (a.providers), true) into _public_url, _is_set_up
      from calendar.agents as a
     where a.public_url is not null and a.last_seen_at > _now - interval '70 seconds'
     order by 2 desc, a.last_seen_at desc
     limit 1;
    if not found then
        raise exception 'no_agent' using
            errcode = 'PT503',
            hint = 'Run sync-agent run with http.listen and http.public_url.';
    elsif not _is_set_up then
        raise exception 'provider_not_set_up' using
            errcode = 'PT503',
            hint = pg_catalog.format('Register an application with the provider, and set %s.client_id and %s.client_secret of sync-agent.', provider, provider);
    end if;
    insert into calendar.connections_begun (broker_id, provider, account_id, return_to, ticket_digest, expires_at)
    values (_broker_id, provider, account_id, return_to, calendar_private.token_digest(_ticket), _now + interval '10 minutes');
    return _public_url || 'connect/' || _ticket;
end
$$;
comment on function calendar.begin_connection(text, uuid, uuid, text) is
$$Returns the address of a page on which a broker connects a calendar account. The address works once, for 10 minutes; anyone who has it can connect an account for the broker.

provider: google, microsoft, caldav, ics or ghl. broker_id: the broker; null = that of the account, or the caller. account_id: the account that is to be connected again; null = a new one. return_to: where the browser goes in the end, with connected=PROVIDER added to the query; its scheme, host and port must be listed in calendar.page_origins; null = the browser stays on a page of the agent.

Errors: PT503 no_agent where no agent that serves pages was seen in the last minute, provider_not_set_up where none of these has the client id that the provider asks for; PT404 broker_not_found, account_not_found; 42501 for anyone but the broker, calendar_service and operators; PT429 for more than 10 in a minute by the broker; 22023.$$;
grant execute on function calendar.begin_connection(text, uuid, uuid, text) to calendar_agent;
