create function calendar_private.require_link(token text) returns calendar.booking_links
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _link calendar.booking_links;
begin
    token := calendar_private.text_or_null(token);
    if token is null then
        raise exception 'token must not be null' using errcode = '22023';
    end if;
    select l.* into _link
      from calendar.booking_links as l
      join calendar.bookings as b on b.id = l.booking_id
     where l.token_digest = calendar_private.token_digest(token)
       and b.slot_end + interval '1 day' > calendar_private.current_instant();
    if not found then
        raise exception 'token_unknown' using errcode = 'PT401';
    end if;
    return _link;
end
$$;
comment on function calendar_private.require_link(text) is
    'The link of a secret token. PT401 token_unknown where there is no such token, or its booking has been over for a day; 22023 for an empty one.';
