create function calendar_private.retell_action(name text, args jsonb) returns text
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _said text := lower(coalesce(calendar_private.text_or_null(args ->> 'action'), calendar_private.text_or_null(name)));
    _action text;
begin
    if _said is null then
        -- The arguments alone, of a function that has no action.
        return case when args ? 'slot_start' then 'book' else 'check' end;
    end if;
    select a.action into _action
      from (values
          ('check', array['check', 'check_availability', 'check_time', 'check_broker_availability', 'find_slots']),
          ('book', array['book', 'book_slot', 'book_appointment', 'book_calendar_slot', 'try_book']),
          ('find', array['find', 'find_bookings']),
          ('reschedule', array['reschedule', 'reschedule_booking', 'try_reschedule']),
          ('cancel', array['cancel', 'cancel_booking', 'try_cancel']),
          ('request', array['request', 'request_manual_booking'])) as a (action, names)
     where _said = any (a.names);
    if not found then
        raise exception 'name must be check_availability, check_time, check_broker_availability, find_slots, book_slot, book_appointment, find_bookings, reschedule_booking, cancel_booking or request_manual_booking, or the argument action must be check, book, find, reschedule, cancel or request, not %',
            calendar_private.quoted(_said) using errcode = '22023';
    end if;
    return _action;
end
$$;
comment on function calendar_private.retell_action(text, jsonb) is
    'What a function of a voice agent does, by its argument "action" or by its exact name: check, book, find, reschedule, cancel or request. 22023 for any other name.';
