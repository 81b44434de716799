create function calendar_sync.count_awaited(round_started_at timestamptz) returns bigint
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select (select count(*) from calendar.sync_state as s
             where not calendar_private.is_free(s.leased_until)
               and (s.pull_ended_at is null or s.pull_ended_at <= round_started_at))
         + (select count(*) from calendar.outbox as o
             where o.lease_id is not null and o.done_at is null and not calendar_private.is_free(o.leased_until))
         + (select count(*) from calendar.notifications as n
             where n.lease_id is not null and n.state = 'sending' and not calendar_private.is_free(n.next_attempt_at));
end;
comment on function calendar_sync.count_awaited(timestamptz) is
$$Returns how many pulls, pushes and messages agents have leased that a round may still have to wait for.

round_started_at: the instant that begin_round() returned; pulls that ended after it do not count.$$;
grant execute on function calendar_sync.count_awaited(timestamptz) to calendar_agent;
