create function calendar_private.check_notify(notify jsonb) returns boolean
    language plpgsql immutable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _kinds constant jsonb := '{
        "lead": ["booked", "requested", "confirmed", "declined", "rescheduled", "cancelled", "booking_failed", "reminder"],
        "broker": ["booked", "requested", "confirmed", "declined", "rescheduled", "cancelled", "booking_failed", "reminder",
                   "manual_booking", "unwritten", "needs_reconnect", "sync_failing"]}';
    _problem text;
begin
    if jsonb_typeof(notify) <> 'object' then
        raise exception 'notify must be a JSON object, not %', calendar_private.quoted(notify::text)
            using errcode = '23514', column = 'notify';
    end if;
    select case
               when k.key in ('quiet_from', 'quiet_until') then
                   case when jsonb_typeof(k.value) <> 'string' or k.value #>> '{}' !~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'
                        then format('%s must be a time such as 21:00, not %s', k.key, calendar_private.quoted(k.value #>> '{}')) end
               when k.key not in ('lead', 'broker') then
                   format('must not have the key %s, only lead, broker, quiet_from and quiet_until', calendar_private.quoted(k.key))
               when jsonb_typeof(k.value) <> 'object' then
                   format('%s must be a JSON object such as {"email": ["booked"]}, not %s', k.key, calendar_private.quoted(k.value::text))
               else (select case
                                when c.key not in ('email', 'sms') then
                                    format('%s must not have the key %s, only email and sms', k.key, calendar_private.quoted(c.key))
                                when jsonb_typeof(c.value) <> 'array' or not c.value <@ (_kinds -> k.key) then
                                    format('%s.%s must be an array of %s, not %s', k.key, c.key,
                                           (select string_agg(a.kind, ', ') from jsonb_array_elements_text(_kinds -> k.key) as a (kind)),
                                           calendar_private.quoted(c.value::text)) end as problem
                       from jsonb_each(k.value) as c (key, value)
                      order by 1 limit 1) end
      into _problem
      from jsonb_each(notify) as k (key, value)
     order by 1 limit 1;
    if _problem is not null then
        raise exception 'notify: %', _problem using errcode = '23514', column = 'notify';
    end if;
    return true;
end
$$;
comment on function calendar_private.check_notify(jsonb) is
    'Raises 23514 for message settings of a broker that have an unknown key, kind or time; names it and what is allowed';
