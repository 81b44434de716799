create function calendar_private.check_text(name text, value text, longest integer default 1000) returns void
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
as $$
begin
    if length(value) > longest then
        raise exception '% must have at most % characters', name, longest using errcode = '22023';
    end if;
end
$$;
comment on function calendar_private.check_text(text, text, integer) is
    'Raises 22023 for an argument that is longer than any that makes sense';
