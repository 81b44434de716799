create function calendar_sync.heartbeat(
    agent_id uuid,
    version text,
    public_url text default null,
    providers text[] default null
) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
begin
    version := calendar_private.text_or_null(version);
    public_url := calendar_private.text_or_null(public_url);
    if agent_id is null or version is null then
        raise exception 'agent_id and version must not be null' using errcode = '22023';
    elsif calendar_private.web_origin(public_url) is null and public_url is not null or public_url !~ '^[^?#]*/$' then
        raise exception 'public_url must be an http or https URL with a slash at the end, not %', calendar_private.quoted(public_url)
            using errcode = '22023';
    elsif not coalesce(providers <@ '{google,microsoft,caldav,ics,ghl}', true) then
        raise exception 'providers must be of google, microsoft, caldav, ics and ghl, not %', calendar_private.quoted(providers::text)
            using errcode = '22023';
    end if;
    perform calendar_private.check_text('version', heartbeat.version, 100);
    insert into calendar.agents as a (id, version, public_url, providers, started_at, last_seen_at)
    values (agent_id, version, public_url, providers, _now, _now)
    on conflict on constraint agents_pkey do update
       set version = excluded.version, public_url = excluded.public_url,
           providers = excluded.providers, last_seen_at = excluded.last_seen_at;
    -- What nobody will ask for again.
    delete from calendar.agents as a where a.last_seen_at < _now - interval '1 day';
    delete from calendar.oauth_states as s where s.expires_at < _now;
    delete from calendar.connections_begun as c where c.expires_at < _now;
end
$$;
comment on function calendar_sync.heartbeat(uuid, text, text, text[]) is
$$Notes that an agent runs; it calls this every 20 seconds. Also forgets agents that were not seen for a day, and tickets and states that have expired.

agent_id: what the agent chose when it started. version: its version. public_url: the URL at which browsers reach its pages, with a slash at the end; null = it serves none. providers: google, microsoft, caldav, ics and ghl, those whose accounts it can connect by a page; null = not known.

Errors: 22023.$$;
grant execute on function calendar_sync.heartbeat(uuid, text, text, text[]) to calendar_agent;
