create function calendar_private.delete_absent_events(
    calendar_id uuid,
    seen jsonb,
    seen_overrides jsonb,
    refused jsonb,
    window_start timestamptz,
    window_end timestamptz,
    out deleted integer,
    out bookings uuid[]
)
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    -- A window that lacks an end is all time.
    _is_all_time boolean := window_start is null or window_end is null;
begin
    with gone as (
        delete from calendar.events as e
         where e.calendar_id = delete_absent_events.calendar_id
           and case when e.recurrence_id is null then not seen ? e.external_event_id
                    else seen_overrides #> array[e.external_event_id, e.recurrence_id] is null end
           and not refused ? e.external_event_id
           and (_is_all_time
                or seen ? e.external_event_id or seen_overrides ? e.external_event_id
                or calendar_private.occurs_within(
                       e.calendar_id, e.external_event_id, window_start, window_end))
        returning e.booking_id
    )
    select count(*), coalesce(array_agg(g.booking_id) filter (where g.booking_id is not null), '{}')
      into deleted, bookings from gone as g;
    -- An event of ours can have come and gone between two pulls.
    bookings := bookings || array(
        select m.booking_id
          from calendar.event_mappings as m
          join calendar.bookings as b on b.id = m.booking_id
         where m.calendar_id = delete_absent_events.calendar_id
           -- A listing may lag behind what was written.
           and m.created_at <= calendar_private.current_instant() - interval '15 minutes'
           and (_is_all_time or b.slot_start < window_end and b.slot_end > window_start)
           and not seen ? m.external_event_id
           and not seen_overrides ? m.external_event_id
           and not refused ? m.external_event_id);
end
$$;
comment on function calendar_private.delete_absent_events(uuid, jsonb, jsonb, jsonb, timestamptz, timestamptz) is
    'Deletes what a full batch lacks of its window. seen: {external_event_id: null} of the single events and masters that the batch has. seen_overrides: {external_event_id: {recurrence_id: null}} of its overrides. refused: {external_event_id: null} of what it has and could not be understood; what was known of those stays. Returns how many rows went, and the bookings whose events are gone.';
