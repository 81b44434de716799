create function calendar_sync.read_connection(connection_id uuid, session_digest bytea) returns jsonb
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return calendar_private.connection_json(calendar_private.find_connection(connection_id, session_digest));
end
$$;
comment on function calendar_sync.read_connection(uuid, bytea) is
$$Reads what a browser connects, after take_ticket().

connection_id: "id" of what take_ticket() returned. session_digest: SHA-256 of the browser's cookie. Returns what read_ticket() does.

Errors: PT404 connection_not_found for another browser, and after an hour.$$;
grant execute on function calendar_sync.read_connection(uuid, bytea) to calendar_agent;
