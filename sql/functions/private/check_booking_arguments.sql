create function calendar_private.check_booking_arguments(
    slot_start timestamptz,
    lead_id text,
    lead_name text,
    lead_email text,
    lead_phone text,
    lead_timezone text,
    title text,
    notes text,
    created_by text,
    idempotency_key text,
    hold_minutes integer,
    outside_hours boolean
) returns void
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _too_long text;
begin
    perform calendar_private.check_instant('slot_start', slot_start);
    if hold_minutes is not null and hold_minutes not between 1 and 60 then
        raise exception 'hold_minutes must be from 1 to 60, not %', hold_minutes using errcode = '22023';
    elsif outside_hours is null then
        raise exception 'outside_hours must be true or false' using errcode = '22023';
    elsif created_by is null or created_by = '' then
        raise exception 'created_by must not be empty' using errcode = '22023';
    elsif idempotency_key = '' then
        raise exception 'idempotency_key must not be empty' using errcode = '22023';
    elsif lead_timezone is not null and not calendar_private.is_timezone(lead_timezone) then
        raise exception 'lead_timezone must be an IANA time zone such as America/New_York'
            using errcode = '22023';
    end if;
    -- The shortest limit is 40: what is shorter in all needs no look at each.
    if octet_length(concat(lead_id, lead_name, lead_email, lead_phone, title, created_by, idempotency_key, notes)) > 40 then
        select a.name || ' must have at most ' || a.most || ' characters' into _too_long
          from (values ('lead_id', lead_id, 200), ('lead_name', lead_name, 200),
                       ('lead_email', lead_email, 320), ('lead_phone', lead_phone, 40),
                       ('title', title, 500), ('notes', notes, 10000),
                       ('created_by', created_by, 100), ('idempotency_key', idempotency_key, 200)
               ) as a (name, value, most)
         where length(a.value) > a.most
         limit 1;
        if found then
            raise exception '%', _too_long using errcode = '22023';
        end if;
    end if;
end
$$;
comment on function calendar_private.check_booking_arguments(timestamptz, text, text, text, text, text, text, text, text, text, integer, boolean) is
    'Raises 22023 for an argument of book_calendar_slot that is not allowed; names it and what is';
