create function calendar_sync.take_ticket(ticket_digest bytea, session_digest bytea) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _begun calendar.connections_begun;
begin
    if session_digest is null or octet_length(session_digest) <> 32 then
        raise exception 'session_digest must have 32 bytes' using errcode = '22023';
    end if;
    update calendar.connections_begun as c
       set session_digest = take_ticket.session_digest, expires_at = _now + interval '1 hour'
     where c.ticket_digest = take_ticket.ticket_digest and c.session_digest is null and c.expires_at > _now
    returning c.* into _begun;
    if not found then
        raise exception 'ticket_not_found' using errcode = 'PT404';
    end if;
    return calendar_private.connection_json(_begun);
end
$$;
comment on function calendar_sync.take_ticket(bytea, bytea) is
$$Takes a ticket of begin_connection(), which works once, for a browser.

ticket_digest: SHA-256 of the ticket. session_digest: SHA-256 of the browser's cookie, by which read_connection() knows it for an hour. Returns what read_ticket() does.

Errors: PT404 ticket_not_found where it is unknown, was taken or has expired; 22023.$$;
grant execute on function calendar_sync.take_ticket(bytea, bytea) to calendar_agent;
