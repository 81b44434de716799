create function calendar_sync.finish_connection(connection_id uuid, session_digest bytea, account_id uuid) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _begun calendar.connections_begun := calendar_private.find_connection(connection_id, session_digest);
begin
    if not exists (select from calendar.accounts as a
                    where a.id = finish_connection.account_id and a.broker_id = _begun.broker_id) then
        raise exception 'account_not_found' using errcode = 'PT404';
    end if;
    update calendar.connections_begun as c
       set connected_account_id = finish_connection.account_id
     where c.id = _begun.id;
end
$$;
comment on function calendar_sync.finish_connection(uuid, bytea, uuid) is
$$Notes which account a browser has connected, so that it can choose what its calendars are for.

connection_id: "id" of what take_ticket() returned. session_digest: SHA-256 of the browser's cookie. account_id: the account, one of the same broker.

Errors: PT404 connection_not_found, account_not_found.$$;
grant execute on function calendar_sync.finish_connection(uuid, bytea, uuid) to calendar_agent;
