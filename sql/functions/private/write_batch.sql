create function calendar_private.write_batch(calendar_id uuid, batch jsonb, asked_at timestamptz) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _broker_id uuid;
    -- The zone in which floating times were read.
    _timezone text;
    _parsed calendar_private.parsed_event[];
    _full boolean;
    _window_start timestamptz;
    _window_end timestamptz;
    -- Sets, as the keys of JSON objects: asking one takes no longer the larger it is,
    -- whatever the planner thinks.
    -- Ids of events that the batch has with all their overrides.
    _whole jsonb;
    -- Ids of the single events and masters that the batch has: of all where it is full, else of
    -- the whole ones alone.
    _seen jsonb;
    -- The overrides that it has of these: {external_event_id: {recurrence_id: null}}.
    _seen_overrides jsonb;
    -- Ids of events that it has and that were not understood. They are not absent: what was
    -- known of them stays.
    _refused jsonb;
    -- [{"external_event_id", "reason"}] of these, for the log and the answer.
    _rejected jsonb;
    _repaired jsonb;
    _gone integer := 0;
    _deleted integer := 0;
    _created integer;
    _updated integer;
    _understood integer;
    -- How many are known to be unchanged.
    _kept integer;
    -- The bookings whose events or copies have changed.
    _bookings uuid[];
    -- What own_events() returns.
    _own jsonb := '{}';
    -- The bookings whose own events are not there any more, as it seems.
    _missed uuid[] := '{}';
    _absent uuid[];
begin
    -- One that comes from a table is compressed: unpacked once, not for each key.
    batch := case when jsonb_typeof(batch) = 'object' then batch || '{}' else batch end;
    perform calendar_private.check_batch(batch);
    _full := coalesce((batch ->> 'full')::boolean, false);
    _window_start := (batch ->> 'window_start')::timestamptz;
    _window_end := (batch ->> 'window_end')::timestamptz;
    select coalesce(jsonb_object_agg(w.id, null), '{}') into _whole
      from jsonb_array_elements_text(coalesce(batch -> 'whole', '[]')) as w (id);
    -- What takes long comes before the lock.
    loop
        select c.timezone into _timezone from calendar.calendars as c where c.id = write_batch.calendar_id;
        exit when not found;
        _parsed := array(select p from calendar_private.parse_events(
            write_batch.calendar_id, coalesce(batch -> 'events', '[]')::text) as p);
        -- One batch of a calendar at a time; its policy keeps still meanwhile.
        perform calendar_private.lock_calendars(array[write_batch.calendar_id], false);
        select c.broker_id into _broker_id from calendar.calendars as c
         where c.id = write_batch.calendar_id and c.timezone = _timezone;
        exit when found;
    end loop;
    if _broker_id is null then
        raise exception 'calendar_not_found' using errcode = 'PT404';
    end if;

    if exists (select from calendar.obligations as o where o.broker_id = _broker_id) then
        _parsed := calendar_private.without_obligations(
            write_batch.calendar_id, _broker_id, _parsed, batch, write_batch.asked_at);
    end if;
    perform calendar_private.end_behind();
    with parsed as materialized (
        select p.* from calendar_private.rows_of(_parsed) as p
    ), ours as materialized (
        -- A series and its overrides share an id.
        select distinct on (p.external_event_id) p.external_event_id,
               coalesce(calendar_private.booking_of_event(write_batch.calendar_id, p.external_event_id),
                        (select b.id from calendar.bookings as b
                          where b.id = calendar_private.uuid_or_null(p.booking_id)
                            and b.broker_id = _broker_id)) as booking_id
          from parsed as p
         where p.external_event_id like 'bk%' or p.booking_id is not null
            or exists (select from calendar.event_mappings as m
                        where m.calendar_id = write_batch.calendar_id
                          and m.external_event_id = p.external_event_id)
         order by p.external_event_id, p.booking_id
    ), understood as materialized (
        select p.external_event_id, p.recurrence_id, coalesce(p.recurrence_id, '') as recurrence_key,
               p.recurrence_this_and_future, p.title, p.starts_at, p.ends_at, p.start_date, p.end_date,
               p.start_date is not null as is_all_day, p.status, p.transparency, p.declined,
               p.recurrence, p.timezone, p.vtimezone, p.duration, p.sequence, p.etag, p.provider_updated_at,
               p.raw::jsonb as raw, p.repairs, o.booking_id, k.id as known_id,
               -- What has not changed is not touched: a full sync that brings nothing new writes nothing.
               (k.recurrence_this_and_future, k.title, k.starts_at, k.ends_at, k.start_date, k.end_date, k.is_all_day,
                k.status, k.transparency, k.declined, k.recurrence, k.timezone, k.vtimezone, k.duration, k.sequence, k.etag,
                k.provider_updated_at, k.raw, k.booking_id)
               is distinct from
               (p.recurrence_this_and_future, p.title, p.starts_at, p.ends_at, p.start_date, p.end_date, p.start_date is not null,
                p.status, p.transparency, p.declined, p.recurrence, p.timezone, p.vtimezone, p.duration, p.sequence, p.etag,
                p.provider_updated_at, p.raw::jsonb, o.booking_id) as is_changed
          from parsed as p
          left join ours as o on o.external_event_id = p.external_event_id
          -- Each by itself, whatever the planner thinks of the calendar: to join would be to read all of it.
          left join lateral (
               select e.* from calendar.events as e
                where e.calendar_id = write_batch.calendar_id and e.external_event_id = p.external_event_id
                  and p.recurrence_id is null and e.recurrence_id is null
               union all
               select e.* from calendar.events as e
                where e.calendar_id = write_batch.calendar_id and e.external_event_id = p.external_event_id
                  and e.recurrence_id = p.recurrence_id
               offset 0) as k on true
         where p.starts_at is not null
    ), inserted as (
        insert into calendar.events (
            calendar_id, external_event_id, recurrence_id, recurrence_this_and_future, title,
            starts_at, ends_at, start_date, end_date, is_all_day, status, transparency, declined,
            recurrence, timezone, vtimezone, duration, sequence, etag, provider_updated_at, raw, booking_id, last_seen_at)
        select write_batch.calendar_id, u.external_event_id, u.recurrence_id, u.recurrence_this_and_future,
               u.title, u.starts_at, u.ends_at, u.start_date, u.end_date, u.is_all_day, u.status,
               u.transparency, u.declined, u.recurrence, u.timezone, u.vtimezone, u.duration, u.sequence, u.etag,
               u.provider_updated_at, u.raw, u.booking_id, _now
          from understood as u
         where u.known_id is null
        returning booking_id, external_event_id, coalesce(recurrence_id, '') as recurrence_key
    ), updated as (
        update calendar.events as e
           set (recurrence_this_and_future, title, starts_at, ends_at, start_date, end_date, is_all_day,
                status, transparency, declined, recurrence, timezone, vtimezone, duration, sequence, etag,
                provider_updated_at, raw, booking_id, last_seen_at)
             = (u.recurrence_this_and_future, u.title, u.starts_at, u.ends_at, u.start_date, u.end_date, u.is_all_day,
                u.status, u.transparency, u.declined, u.recurrence, u.timezone, u.vtimezone, u.duration, u.sequence, u.etag,
                u.provider_updated_at, u.raw, u.booking_id, _now)
          from understood as u
         where e.id = u.known_id and u.is_changed
           and e.id = any (array(select c.known_id from understood as c where c.is_changed and c.known_id is not null))
        returning e.booking_id, e.external_event_id, u.recurrence_key
    ), refused as (
        select p.external_event_id, p.problem as reason
          from parsed as p where p.problem is not null
        union all
        select r.item ->> 'external_event_id', r.item ->> 'reason'
          from jsonb_array_elements(coalesce(batch -> 'rejected', '[]')) as r (item)
    ), repaired as (
        -- Recorded when it is written, not each time that it is seen again.
        select u.external_event_id, r.reason
          from (table inserted union all table updated) as w
          join understood as u using (external_event_id, recurrence_key)
         cross join jsonb_array_elements_text(u.repairs) as r (reason)
    ), seen as (
        select u.external_event_id as id, u.recurrence_id
          from understood as u
         where _full or _whole ? u.external_event_id
    )
    select (select count(*) from inserted),
           (select count(*) from updated),
           (select array_agg(distinct w.booking_id) filter (where w.booking_id is not null)
              from (table inserted union all table updated) as w),
           (select count(*) from understood),
           (select jsonb_agg(jsonb_build_object('external_event_id', r.external_event_id, 'reason', r.reason))
              from refused as r),
           (select jsonb_agg(jsonb_build_object('external_event_id', r.external_event_id, 'reason', r.reason))
              from repaired as r),
           (select coalesce(jsonb_object_agg(r.external_event_id, null), '{}')
              from refused as r where r.external_event_id is not null),
           (select coalesce(jsonb_object_agg(s.id, null), '{}') from seen as s where s.recurrence_id is null),
           (select coalesce(jsonb_object_agg(o.id, o.ids), '{}')
              from (select s.id, jsonb_object_agg(s.recurrence_id, null) as ids
                      from seen as s where s.recurrence_id is not null group by s.id) as o)
      into _created, _updated, _bookings, _understood, _rejected, _repaired, _refused, _seen, _seen_overrides;
    -- What was not read again, because its version is known, stays as it is.
    select _refused || coalesce(jsonb_object_agg(u.id, null), '{}'), count(*)
      into _refused, _kept
      from jsonb_array_elements_text(coalesce(batch -> 'unchanged', '[]')) as u (id);
    perform calendar_private.remember_members(write_batch.calendar_id, batch);
    if _rejected is not null then
        perform calendar_private.log_failures(
            _broker_id, write_batch.calendar_id, 'apply_sync',
            calendar_private.new_rejections(write_batch.calendar_id, _rejected));
    end if;
    if _repaired is not null then
        perform calendar_private.log_failures(_broker_id, write_batch.calendar_id, 'repair', _repaired);
    end if;

    if _full then
        _own := calendar_private.own_events(write_batch.calendar_id, null);
    elsif jsonb_array_length(coalesce(batch -> 'deleted', '[]')) > 0 then
        _own := calendar_private.own_events(
            write_batch.calendar_id,
            array(select coalesce(d.item ->> 'external_event_id', d.item #>> '{}')
                    from jsonb_array_elements(batch -> 'deleted') as d (item)));
    end if;
    if jsonb_array_length(coalesce(batch -> 'deleted', '[]')) > 0 then
        with named as materialized (
            select k.id
              from jsonb_array_elements(batch -> 'deleted') as d (item)
             cross join lateral (
                  select e.id from calendar.events as e
                   where e.calendar_id = write_batch.calendar_id
                     and e.external_event_id = coalesce(d.item ->> 'external_event_id', d.item #>> '{}')
                     and (d.item ->> 'recurrence_id' is null
                          or e.recurrence_id = calendar_private.recurrence_key(d.item ->> 'recurrence_id'))
                     and (d.item ->> 'recurrence_id' is not null or not _own ? e.external_event_id)
                  offset 0) as k
        ), gone as (
            delete from calendar.events as e
             where e.id = any (array(select n.id from named as n))
            returning e.booking_id
        )
        select count(*), _bookings || array_agg(g.booking_id) filter (where g.booking_id is not null)
          into _deleted, _bookings from gone as g;
        _missed := array(
            select (_own ->> i.id)::uuid
              from jsonb_array_elements(batch -> 'deleted') as d (item)
             cross join lateral (values (coalesce(d.item ->> 'external_event_id', d.item #>> '{}'))) as i (id)
             where d.item ->> 'recurrence_id' is null and _own ? i.id);
    end if;

    if _full then
        select a.deleted, a.missed into _gone, _absent
          from calendar_private.delete_absent_events(
                   write_batch.calendar_id, _seen, _seen_overrides, _refused, _own, _window_start, _window_end) as a;
        _missed := _missed || _absent;
    elsif _whole <> '{}' then
        _gone := calendar_private.delete_absent_overrides(
            write_batch.calendar_id, _whole, _seen_overrides, _refused);
    end if;

    if _missed <> '{}' then
        perform calendar_private.queue_looks(_missed);
    end if;
    -- Where no event is a booking's, bookings are not even read: they change meanwhile.
    if cardinality(_bookings) > 0 then
        perform calendar_private.note_events(write_batch.calendar_id, _broker_id, _bookings, write_batch.asked_at);
    end if;

    if _created + _updated + _deleted + _gone > 0 then
        -- A new version, as in lock_calendars().
        update calendar.calendars as c set blocks_until = c.blocks_until where c.id = write_batch.calendar_id;
    end if;
    return jsonb_build_object(
        'created', _created, 'updated', _updated, 'deleted', _deleted + _gone,
        'unchanged', _understood - _created - _updated + _kept)
        || jsonb_strip_nulls(jsonb_build_object('rejected', _rejected, 'repaired', _repaired));
end
$$;
comment on function calendar_private.write_batch(uuid, jsonb, timestamptz) is
    'apply_sync without its token and log row. asked_at: when the provider was asked; what was written to it since is newer than the batch. null = not known.';
