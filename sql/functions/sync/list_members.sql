create function calendar_sync.list_members(lease_id uuid, window_end timestamptz)
    returns table (external_event_id text, etag text)
    language plpgsql volatile security definer rows 1000
    set search_path = pg_catalog, pg_temp
as $$
declare
    _state calendar.sync_state := calendar_private.find_lease(lease_id);
begin
    if window_end is null then
        raise exception 'window_end must not be null' using errcode = '22023';
    end if;
    -- After request_resync() everything is to be read again.
    if _state.last_full_at is null then
        return;
    end if;
    return query
    select e.external_event_id,
           case when bool_and(e.etag is not null) and min(e.etag) = max(e.etag) then min(e.etag) end
      from calendar.events as e
     where e.calendar_id = _state.calendar_id
     group by e.external_event_id
    union all
    -- Not stored as events.
    select o.external_event_id, o.etag
      from calendar.obligation_mappings as o
     where o.calendar_id = _state.calendar_id and o.etag is not null
    union all
    select m.external_event_id, m.etag
      from calendar.remembered_members as m
     where m.calendar_id = _state.calendar_id
       and (m.occurs_at is null or m.occurs_at >= list_members.window_end);
end
$$;
comment on function calendar_sync.list_members(uuid, timestamptz) is
$$Lists what is known of the members of a calendar that is being pulled, so that only new and changed ones are read.

lease_id: the pull. window_end: the instant at which its window ends.

Returns the provider's ids with the version marks that were read last; null where the version is not known. No row where everything is to be read again. What lies outside of the window is listed until the window reaches it.

Errors: PT409 lease_lost; 22023.$$;
grant execute on function calendar_sync.list_members(uuid, timestamptz) to calendar_agent;
