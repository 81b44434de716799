create function calendar.apply_sync(calendar_id uuid, batch jsonb) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
    -- Planned once, and never for tables as small as they were then: what is read depends on the batch.
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _full boolean;
    _covered_until timestamptz;
    _result jsonb;
    -- Whether nothing has changed and nothing was rejected.
    _is_quiet boolean;
begin
    if apply_sync.calendar_id is null then
        raise exception 'calendar_id must not be null' using errcode = '22023';
    end if;
    -- One that comes from a table is compressed: unpacked once, not for each key.
    batch := case when jsonb_typeof(batch) = 'object' then batch || '{}' else batch end;
    _result := calendar_private.write_batch(
        apply_sync.calendar_id, batch,
        (select s.leased_at from calendar.sync_state as s where s.calendar_id = apply_sync.calendar_id));
    perform calendar_private.note_rejected(apply_sync.calendar_id, batch, _result -> 'rejected');
    _full := coalesce((batch ->> 'full')::boolean, false);
    _is_quiet := (_result ->> 'created')::integer + (_result ->> 'updated')::integer + (_result ->> 'deleted')::integer = 0
                 and not _result ? 'rejected';
    if _full then
        -- A feed shows all that there is.
        _covered_until := case
            when batch ->> 'window_start' is null or batch ->> 'window_end' is null
                 or exists (select from calendar.calendars as c join calendar.accounts as a on a.id = c.account_id
                             where c.id = apply_sync.calendar_id and a.provider = 'ics') then 'infinity'
            else batch ->> 'window_end' end;
    end if;
    insert into calendar.sync_state as s
           (calendar_id, sync_token, last_success_at, last_full_at, covered_until, unchanged_pulls, updated_at)
    values (apply_sync.calendar_id, batch ->> 'sync_token', _now, case when _full then _now end, _covered_until,
            _is_quiet::integer, _now)
    on conflict on constraint sync_state_pkey do update
       set sync_token = case when batch ? 'sync_token' then excluded.sync_token else s.sync_token end,
           last_success_at = _now,
           last_full_at = coalesce(excluded.last_full_at, s.last_full_at),
           covered_until = coalesce(excluded.covered_until, s.covered_until),
           unchanged_pulls = s.unchanged_pulls + excluded.unchanged_pulls, updated_at = _now;
    -- Most rounds change nothing: their rows would be all that a log holds.
    if _is_quiet then
        return _result;
    end if;
    insert into calendar.sync_logs (calendar_id, logged_at, is_full, created, updated, deleted, unchanged, rejected)
    select apply_sync.calendar_id, _now, _full, (_result ->> 'created')::integer, (_result ->> 'updated')::integer,
           (_result ->> 'deleted')::integer, (_result ->> 'unchanged')::integer,
           coalesce(jsonb_array_length(_result -> 'rejected'), 0);
    return _result;
exception when deadlock_detected then
    -- Only where a transaction makes several calls.
    perform calendar_private.raise_came_first();
end
$$;
comment on function calendar.apply_sync(uuid, jsonb) is
$$Writes a batch of provider events into a calendar, all in one transaction: events, deletions, the sync token and, if anything changed or was rejected, the log row.

calendar_id: the calendar. batch: {"events": [{"external_event_id", "recurrence_id": instant, date or null, "recurrence_range": "THISANDFUTURE" or null, "title", "starts_at", "ends_at": instants, or dates when all-day, "is_all_day", "status": confirmed, tentative or cancelled, "transparency": opaque or transparent, "declined", "recurrence": RRULE, RDATE and EXDATE lines or null, "timezone": IANA, "vtimezone", "duration": a DURATION in days such as P1D where each occurrence of a series lasts that long by the local calendar, "sequence": SEQUENCE of RFC 5545, "repairs": [sentence] about what the caller itself repaired, "etag", "updated_at", "booking_id": the booking that it mirrors, where its id does not say so, "raw"}], "deleted": [external_event_id or {"external_event_id", "recurrence_id"}], "rejected": [{"external_event_id", "reason"}] for what the caller itself could not understand, "whole": [external_event_id] of events that the batch has with all their overrides, so that overrides that are missing are deleted, "unchanged": [external_event_id] of events that are there and were not read again, as their version is known, "outside": [{"external_event_id", "etag", "occurs_at": instant or null = never}] of what is there and takes no time in the window, to be remembered for list_members(), "sync_token", "full", "window_start", "window_end"}. With "full", events in the window (all time where it lacks an end) that are absent from the batch are deleted, and time is offered up to the window's end (sync_state.covered_until).

A booking follows its own event at the provider, the one that event_mappings names: it moves when the event was moved, unless another time of the booking remains to be written there or another booking has the new time (bookings.problem says so then). Where the event was cancelled or deleted, or is absent, it is asked for by its own name before the booking ends. Every other event of a booking is a copy, which changes no booking.

Returns {"created", "updated", "deleted", "unchanged"}, and "rejected": [{"external_event_id", "reason"}] where events could not be understood. "repaired" has the same form and says what was wrong about events that were understood all the same, when they are written: an end before its start (both are exchanged), an end that is not valid (the event lasts an hour), a part of "recurrence", a status or another value that is not valid (it is left out). Both are in failure_logs, as apply_sync and repair. The same batch again changes nothing.

Errors: PT404 calendar_not_found; 22023 for a batch that does not have this form.$$;
grant execute on function calendar.apply_sync(uuid, jsonb) to calendar_agent;
