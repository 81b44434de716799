create function calendar_sync.read_ticket(ticket_digest bytea) returns jsonb
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _begun calendar.connections_begun;
begin
    select c.* into _begun
      from calendar.connections_begun as c
     where c.ticket_digest = read_ticket.ticket_digest and c.session_digest is null
       and c.expires_at > calendar_private.current_instant();
    if not found then
        raise exception 'ticket_not_found' using errcode = 'PT404';
    end if;
    return calendar_private.connection_json(_begun);
end
$$;
comment on function calendar_sync.read_ticket(bytea) is
$$Reads a ticket of begin_connection() without taking it, because programs that preview links ask for the page, too.

ticket_digest: SHA-256 of the ticket. Returns whose account will be connected, at which provider: {"id", "broker_id", "broker_name", "broker_email", "provider", "return_to", "connected_account_id", "account": null or {"id", "name", "settings", "status", "problem", "last_success_at", "bookings"}}.

Errors: PT404 ticket_not_found where it is unknown, was taken or has expired.$$;
grant execute on function calendar_sync.read_ticket(bytea) to calendar_agent;
