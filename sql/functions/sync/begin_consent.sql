create function calendar_sync.begin_consent(
    connection_id uuid,
    session_digest bytea,
    state_digest bytea,
    verifier bytea,
    as_another boolean default false
) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _begun calendar.connections_begun := calendar_private.find_connection(connection_id, session_digest);
begin
    if state_digest is null or octet_length(state_digest) <> 32 then
        raise exception 'state_digest must have 32 bytes' using errcode = '22023';
    elsif verifier is null or octet_length(verifier) > 1000 then
        raise exception 'verifier must have at most 1000 bytes' using errcode = '22023';
    end if;
    insert into calendar.oauth_states
           (state_digest, session_digest, connection_id, broker_id, provider, account_id, verifier, return_to, expires_at)
    values (state_digest, session_digest, _begun.id, _begun.broker_id, _begun.provider,
            case when as_another is not true then _begun.account_id end, verifier, _begun.return_to,
            calendar_private.current_instant() + interval '10 minutes');
end
$$;
comment on function calendar_sync.begin_consent(uuid, bytea, bytea, bytea, boolean) is
$$Notes that a browser was sent to a provider's consent page, for 10 minutes.

connection_id: "id" of what take_ticket() returned. session_digest: SHA-256 of the browser's cookie. state_digest: SHA-256 of the parameter state. verifier: the verifier of PKCE, encrypted. as_another: whether another account than the one that is to be connected again may be chosen.

Errors: PT404 connection_not_found; 22023.$$;
grant execute on function calendar_sync.begin_consent(uuid, bytea, bytea, bytea, boolean) to calendar_agent;
