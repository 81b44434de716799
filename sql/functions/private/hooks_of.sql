create function calendar_private.hooks_of(event text) returns text[]
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
    set enable_seqscan = off
as $$
begin
    return array(select h.function from calendar.hooks as h where h.event = hooks_of.event order by h.function);
end
$$;
comment on function calendar_private.hooks_of(text) is
    'The functions that are called at an event. Not in run_hooks: its settings would be those of the functions that it calls.';
