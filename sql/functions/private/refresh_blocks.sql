create function calendar_private.refresh_blocks(calendar_id uuid, external_event_ids text[]) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    if external_event_ids is null then
        delete from calendar.busy_blocks as k
         using calendar.calendars as c
         where c.id = refresh_blocks.calendar_id
           and k.broker_id = c.broker_id and k.calendar_id = c.id;
    elsif exists (select from calendar.calendars as c
                    join calendar.busy_blocks as k on k.broker_id = c.broker_id and k.calendar_id = c.id
                   where c.id = refresh_blocks.calendar_id) then
        -- Unnested, not "= any": a kept plan would compare every event with every id.
        delete from calendar.busy_blocks as k
         using unnest(external_event_ids) as i (id), calendar.events as e
         where e.calendar_id = refresh_blocks.calendar_id and e.external_event_id = i.id
           and k.event_id = e.id;
    end if;
    perform calendar_private.store_blocks(c.id, external_event_ids, c.blocks_from, c.blocks_until)
       from calendar.calendars as c
      where c.id = refresh_blocks.calendar_id;
end
$$;
comment on function calendar_private.refresh_blocks(uuid, text[]) is
    'Derives the busy blocks of a calendar anew: those of the events of the given ids, or all where that is null';
