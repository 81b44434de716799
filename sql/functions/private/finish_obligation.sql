create function calendar_private.finish_obligation(
    lease_id uuid,
    calendar_id uuid,
    external_event_id text,
    etag text,
    written jsonb,
    problem text
) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _obligation calendar.obligations;
    _calendar_id uuid;
    _event_id text;
begin
    select o.* into _obligation from calendar_private.leased_obligation(lease_id) as l
      join calendar.obligations as o on o.id = l.obligation_id;
    select l.calendar_id into _calendar_id from calendar_private.leased_obligation(lease_id) as l;
    if finish_obligation.calendar_id <> _calendar_id then
        raise exception 'calendar_not_found' using errcode = 'PT404';
    elsif external_event_id is null then
        delete from calendar.obligation_mappings as m
         where m.obligation_id = _obligation.id and m.calendar_id = _calendar_id
        returning m.external_event_id into _event_id;
    else
        insert into calendar.obligation_mappings as m (
            obligation_id, calendar_id, external_event_id, etag, written, pushed_sequence, expires_at, problem)
        values (_obligation.id, _calendar_id, finish_obligation.external_event_id, finish_obligation.etag,
                finish_obligation.written, 
                case when written ->> 'sequence' ~ '^[0-9]{1,9}$' then (written ->> 'sequence')::integer else -1 end, _obligation.expires_at,
                finish_obligation.problem)
        on conflict on constraint obligation_mappings_pkey do update
           set external_event_id = excluded.external_event_id, etag = excluded.etag,
               written = coalesce(excluded.written, m.written),
               pushed_sequence = excluded.pushed_sequence, pushed_at = excluded.pushed_at,
               expires_at = excluded.expires_at, problem = excluded.problem;
        _event_id := finish_obligation.external_event_id;
    end if;
    -- A pull can have brought it before it was known to be ours.
    delete from calendar.events as e where e.calendar_id = _calendar_id and e.external_event_id = _event_id;
    perform calendar_private.end_push(lease_id);
    perform calendar_private.forget_obligation(_obligation.id);
end
$$;
comment on function calendar_private.finish_obligation(uuid, uuid, text, text, jsonb, text) is
    'The deadlines'' part of finish_push, with the same arguments, once find_push has locked what it needs';
