create function calendar_private.find_page(page text, out broker_id uuid, out meeting_type uuid)
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _slugs text[] := string_to_array(calendar_private.text_or_null(page), '/');
    _is_public boolean;
begin
    if _slugs is null then
        raise exception 'page must not be null' using errcode = '22023';
    end if;
    select b.id, b.public_booking into broker_id, _is_public from calendar.brokers as b where b.slug = _slugs[1];
    if cardinality(_slugs) = 2 then
        select t.id into meeting_type from calendar_private.find_meeting_type(broker_id, _slugs[2], 'public') as t;
        _is_public := meeting_type is not null;
    end if;
    if _is_public is not true or cardinality(_slugs) > 2 then
        raise exception 'page_not_found' using errcode = 'PT404';
    end if;
end
$$;
comment on function calendar_private.find_page(text) is
    'The broker of a public page, and the id of its meeting type, null for the page of a broker. PT404 page_not_found where there is no such page, or it is not public.';
