create function calendar_sync.take_consent(
    state_digest bytea,
    session_digest bytea,
    out connection_id uuid,
    out broker_id uuid,
    out provider text,
    out account_id uuid,
    out verifier bytea
)
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    delete from calendar.oauth_states as s
     where s.state_digest = take_consent.state_digest and s.session_digest = take_consent.session_digest
       and s.expires_at > calendar_private.current_instant()
    returning s.connection_id, s.broker_id, s.provider, s.account_id, s.verifier
         into connection_id, broker_id, provider, account_id, verifier;
    if not found then
        raise exception 'state_not_found' using errcode = 'PT404';
    end if;
end
$$;
comment on function calendar_sync.take_consent(bytea, bytea) is
$$Takes what begin_consent() noted, once, when a provider sends the browser back, to whichever agent.

state_digest: SHA-256 of the parameter state. session_digest: SHA-256 of the browser's cookie. Returns what was begun; account_id is null where any account may have been chosen.

Errors: PT404 state_not_found where it is unknown, was taken, has expired, or belongs to another browser, for which it stays.$$;
grant execute on function calendar_sync.take_consent(bytea, bytea) to calendar_agent;
