create function calendar_private.request_digest(request calendar_private.booking_request) returns text
    language sql immutable
begin atomic
    select encode(sha256(convert_to(
               '{' || string_agg(to_json(a.key)::text || ':' || a.value::text, ',' order by a.key collate "C") || '}',
               'UTF8')), 'hex')
      from jsonb_each(jsonb_strip_nulls(
               -- The same in every session's zone.
               to_jsonb(request) || jsonb_build_object(
                   'slot_start', extract(epoch from request.slot_start),
                   'slot_end', extract(epoch from request.slot_end)))) as a (key, value);
end;
comment on function calendar_private.request_digest(calendar_private.booking_request) is
    'SHA-256, in hexadecimal, of a request in a canonical form: a JSON object of the arguments that are not null, in the order of their names'' bytes, without blanks, with instants in seconds since 1970';
