create function calendar_private.refresh_blocks(calendar_id uuid, external_event_ids text[]) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    delete from calendar.busy_blocks as k
     using calendar.events as e
     where e.calendar_id = refresh_blocks.calendar_id
       and (external_event_ids is null or e.external_event_id = any (external_event_ids))
       and k.event_id = e.id;
    perform calendar_private.store_blocks(c.id, external_event_ids, c.blocks_from, c.blocks_until)
       from calendar.calendars as c
      where c.id = refresh_blocks.calendar_id;
end
$$;
comment on function calendar_private.refresh_blocks(uuid, text[]) is
    'Derives the busy blocks of a calendar anew: those of the events of the given ids, or all where that is null';
