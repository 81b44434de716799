create function calendar_private.raise_came_first() returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception 'another transaction came first' using errcode = '40001', hint = 'Run the transaction again.';
end
$$;
comment on function calendar_private.raise_came_first() is
    'Raises 40001: what the transaction wants to change has been changed, or is being, by another one that it cannot wait for';
