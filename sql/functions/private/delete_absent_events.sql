create function calendar_private.delete_absent_events(
    calendar_id uuid,
    seen jsonb,
    seen_overrides jsonb,
    refused jsonb,
    own jsonb,
    window_start timestamptz,
    window_end timestamptz,
    out deleted integer,
    out missed uuid[]
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
           and (not own ? e.external_event_id or seen ? e.external_event_id or seen_overrides ? e.external_event_id)
           and (_is_all_time
                or seen ? e.external_event_id or seen_overrides ? e.external_event_id
                or calendar_private.occurs_within(
                       e.calendar_id, e.external_event_id, window_start, window_end))
        returning e.id
    )
    select count(*) into deleted from gone as g;
    -- An event of ours can have come and gone between two pulls, or a listing lags behind what was written.
    missed := array(
        select o.booking_id::uuid
          from jsonb_each_text(own) as o (external_event_id, booking_id)
         where not seen ? o.external_event_id
           and not seen_overrides ? o.external_event_id
           and not refused ? o.external_event_id
           and (_is_all_time
                or case when exists (select from calendar.events as e
                                      where e.calendar_id = delete_absent_events.calendar_id
                                        and e.external_event_id = o.external_event_id) then
                       calendar_private.occurs_within(
                           delete_absent_events.calendar_id, o.external_event_id, window_start, window_end)
                   else (select b.slot_start < window_end and b.slot_end > window_start
                           from calendar.bookings as b
                          where b.id = o.booking_id::uuid) end));
end
$$;
comment on function calendar_private.delete_absent_events(uuid, jsonb, jsonb, jsonb, jsonb, timestamptz, timestamptz) is
    'Deletes what a full batch lacks of its window. seen: {external_event_id: null} of the single events and masters that the batch has. seen_overrides: {external_event_id: {recurrence_id: null}} of its overrides. refused: {external_event_id: null} of what it has and could not be understood; what was known of those stays. own: own_events() of the calendar, of which none is deleted. Returns how many rows went, and the bookings whose own events it lacks.';
