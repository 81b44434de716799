create function calendar_private.rows_of(events calendar_private.parsed_event[])
    returns setof calendar_private.parsed_event
    language plpgsql stable rows 1000
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query select e.* from unnest(events) as e;
end
$$;
comment on function calendar_private.rows_of(calendar_private.parsed_event[]) is
    'The elements of an array as rows. A kept plan expects ten of unnest(), and would compare each event of a large batch with each.';
