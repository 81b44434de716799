create function calendar_private.resolve_failure(failure_id bigint, resolution text, note text) returns calendar.failure_logs
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _failure calendar.failure_logs;
begin
    if failure_id is null then
        raise exception 'failure_id must not be null' using errcode = '22023';
    end if;
    perform calendar_private.check_text('note', note);
    select f.* into _failure from calendar.failure_logs as f where f.id = failure_id;
    if not found or coalesce(calendar_private.caller_access(_failure.broker_id), 'public') = 'public'
                    and not calendar_private.serves_all() then
        raise exception 'failure_not_found' using errcode = 'PT404';
    end if;
    if _failure.notification_id is not null then
        -- In the order in which a deletion locks them.
        perform from calendar.brokers as r where r.id = _failure.broker_id for key share;
        perform from calendar.bookings as b where b.id = _failure.booking_id for key share;
        perform from calendar.notifications as n where n.id = _failure.notification_id for no key update;
    end if;
    update calendar.failure_logs as f
       set resolution = resolve_failure.resolution, resolved_at = calendar_private.current_instant(),
           resolved_by = coalesce(calendar_private.jwt_subject()::text, calendar_private.caller_name()),
           note = calendar_private.text_or_null(resolve_failure.note)
     where f.id = failure_id
    returning f.* into _failure;
    if not found then
        -- It was deleted meanwhile.
        raise exception 'failure_not_found' using errcode = 'PT404';
    end if;
    return _failure;
end
$$;
comment on function calendar_private.resolve_failure(bigint, text, text) is
    'Records what a person did about a failure, retried or dismissed, and returns it. PT404 failure_not_found, also for anyone but the broker and calendar_service.';
