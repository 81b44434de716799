create function calendar_sync.sign_off(agent_id uuid) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    delete from calendar.agents as a where a.id = agent_id;
end
$$;
comment on function calendar_sync.sign_off(uuid) is
$$Forgets an agent that stops, so that begin_connection() sends no browser to it.

agent_id: the agent, as it called heartbeat().$$;
grant execute on function calendar_sync.sign_off(uuid) to calendar_agent;
