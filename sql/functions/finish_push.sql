create function calendar.finish_push(
    lease_id uuid,
    external_event_id text default null,
    etag text default null,
    meeting_link text default null,
    is_gone boolean default false
) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _booking calendar.bookings;
begin
    perform calendar_private.check_text('external_event_id', finish_push.external_event_id, 2000);
    perform calendar_private.check_text('etag', finish_push.etag, 2000);
    perform calendar_private.check_text('meeting_link', finish_push.meeting_link, 10000);
    _booking := calendar_private.find_push(lease_id);
    if external_event_id is null then
        delete from calendar.event_mappings as m where m.booking_id = _booking.id;
    else
        insert into calendar.event_mappings as m (booking_id, calendar_id, external_event_id, etag)
        select _booking.id, t.calendar_id, finish_push.external_event_id, finish_push.etag
          from calendar_private.push_target(_booking.id) as t
        on conflict on constraint event_mappings_pkey do update
           set booking_id = excluded.booking_id, etag = excluded.etag;
        update calendar.bookings as b
           set provider_event_id = finish_push.external_event_id,
               -- A link of another kind is the provider's mistake: the booking is written all the same.
               meeting_link = case when calendar_private.is_web_address(finish_push.meeting_link)
                                   then finish_push.meeting_link else b.meeting_link end
         where b.id = _booking.id;
        -- No pull may tell of it: it may lie outside of the window now.
        update calendar.events as e
           set starts_at = _booking.slot_start, ends_at = _booking.slot_end
         where e.booking_id = _booking.id and e.external_event_id = finish_push.external_event_id
           and e.recurrence_id is null and not e.is_all_day
           and (e.starts_at, e.ends_at) <> (_booking.slot_start, _booking.slot_end);
    end if;
    update calendar.outbox as o set done_at = _now, last_error = null, lease_id = null, leased_until = null
     where o.lease_id = finish_push.lease_id and o.done_at is null;
    if is_gone and _booking.status in ('pending', 'confirmed') then
        update calendar.bookings as b
           set status = 'cancelled', cancel_reason = 'deleted at the provider'
         where b.id = _booking.id;
        update calendar.outbox as o set done_at = _now where o.booking_id = _booking.id and o.done_at is null;
    end if;
end
$$;
comment on function calendar.finish_push(uuid, text, text, text, boolean) is
$$Ends a push that succeeded: the provider's event now matches the booking as it was leased. Later changes remain to be written.

lease_id: the push. external_event_id: the provider's id of the event; null = the event no longer exists. etag: the event's version mark. meeting_link: where to meet online; ignored unless it is an http or https address of at most 2000 characters. is_gone: the event was deleted at the provider, so the booking is cancelled.

Errors: PT409 lease_lost.$$;
grant execute on function calendar.finish_push(uuid, text, text, text, boolean) to calendar_agent;
