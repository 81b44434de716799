create function calendar_private.check_booking_request(request calendar_private.booking_request) returns void
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _too_long text;
begin
    perform calendar_private.check_instant('slot_start', request.slot_start);
    -- The shortest limit is 40: what is shorter in all needs no look at each.
    if octet_length(concat(
           request.lead_id, request.lead_name, request.lead_email, request.lead_phone, request.title,
           request.notes, request.created_by, request.idempotency_key)) > 40 then
        select a.name || ' must have at most ' || a.most || ' characters' into _too_long
          from (values ('lead_id', request.lead_id, 200), ('lead_name', request.lead_name, 200),
                       ('lead_email', request.lead_email, 320), ('lead_phone', request.lead_phone, 40),
                       ('title', request.title, 500), ('notes', request.notes, 10000),
                       ('created_by', request.created_by, 100), ('idempotency_key', request.idempotency_key, 200)
               ) as a (name, value, most)
         where length(a.value) > a.most
         limit 1;
        if found then
            raise exception '%', _too_long using errcode = '22023';
        end if;
    end if;
    if request.hold_minutes is not null and request.hold_minutes not between 1 and 60 then
        raise exception 'hold_minutes must be from 1 to 60, not %', request.hold_minutes using errcode = '22023';
    elsif not calendar_private.is_email(request.lead_email) then
        raise exception 'lead_email must be an e-mail address with one @ and a domain, such as name@example.org'
            using errcode = '22023';
    elsif not calendar_private.is_phone(request.lead_phone) then
        raise exception 'lead_phone must be a telephone number of 4 to 15 digits, such as +12125550100'
            using errcode = '22023';
    elsif request.lead_timezone is not null and not calendar_private.is_timezone(request.lead_timezone) then
        raise exception 'lead_timezone must be an IANA time zone such as America/New_York'
            using errcode = '22023';
    elsif not calendar_private.is_locale(request.lead_locale) then
        raise exception 'lead_locale must be a language tag such as en or fr-CA' using errcode = '22023';
    end if;
end
$$;
comment on function calendar_private.check_booking_request(calendar_private.booking_request) is
    'Raises 22023 for an argument of book_calendar_slot, without blanks, that is not allowed; names it and what is';
