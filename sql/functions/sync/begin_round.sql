create function calendar_sync.begin_round() returns timestamptz
    language sql volatile security definer
    set search_path = pg_catalog, pg_temp
begin atomic
    select clock_timestamp();
end;
comment on function calendar_sync.begin_round() is
$$Returns the instant by the server's own clock, for lease_calendars(): a calendar whose pull ends after it is done for the round, whichever agent pulled it.

It is the server's clock even where calendar.now is set, because it only says what came before what.$$;
grant execute on function calendar_sync.begin_round() to calendar_agent;
