create function calendar_private.find_connection(connection_id uuid, session_digest bytea) returns calendar.connections_begun
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _begun calendar.connections_begun;
begin
    select c.* into _begun
      from calendar.connections_begun as c
     where c.id = find_connection.connection_id and c.session_digest = find_connection.session_digest
       and c.expires_at > calendar_private.current_instant();
    if not found then
        raise exception 'connection_not_found' using errcode = 'PT404';
    end if;
    return _begun;
end
$$;
comment on function calendar_private.find_connection(uuid, bytea) is
    'What a browser connects. PT404 connection_not_found for another browser, and where it has ended.';
