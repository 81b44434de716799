create function calendar_sync.sync_report() returns setof calendar.sync_health
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select h.* from calendar.sync_health as h order by h.broker_name, h.display_name, h.calendar_id;
end;
comment on function calendar_sync.sync_report() is 'Returns all rows of sync_health, for sync-agent';
grant execute on function calendar_sync.sync_report() to calendar_agent;
