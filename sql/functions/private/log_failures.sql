create function calendar_private.log_failures(
    broker_id uuid,
    calendar_id uuid,
    operation text,
    failures jsonb
) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _most constant integer := 100;
    _more integer := jsonb_array_length(failures) - _most;
begin
    insert into calendar.failure_logs (broker_id, calendar_id, external_event_id, operation, reason)
    select log_failures.broker_id, log_failures.calendar_id, f.external_event_id, log_failures.operation, f.reason
      from (select calendar_private.one_line(left(a.item ->> 'external_event_id', 2000)) as external_event_id,
                   calendar_private.one_line(left(a.item ->> 'reason', 1000)) as reason
              from jsonb_array_elements(failures) with ordinality as a (item, place)
             where a.place <= _most
             union all
            select null, format('%s more events of the same batch failed', _more) where _more > 0) as f;
end
$$;
comment on function calendar_private.log_failures(uuid, uuid, text, jsonb) is
    'Writes [{"external_event_id", "reason"}] of one batch to failure_logs: the first 100, and a row that says how many more there are';
