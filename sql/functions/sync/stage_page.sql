create function calendar_sync.stage_page(lease_id uuid, page_number integer, page jsonb) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _state calendar.sync_state := calendar_private.find_lease(lease_id);
begin
    if page is null or jsonb_typeof(page) <> 'object' or page_number is null then
        raise exception 'page must be a JSON object with a page_number' using errcode = '22023';
    end if;
    perform calendar_private.check_keys('page', page, array[
        'events', 'deleted', 'rejected', 'whole', 'unchanged', 'outside']);
    if page_number = 0 then
        delete from calendar.sync_pages as p where p.lease_id = stage_page.lease_id;
    end if;
    insert into calendar.sync_pages as p (lease_id, page_number, calendar_id, page)
    values (lease_id, page_number, _state.calendar_id, page)
    on conflict on constraint sync_pages_pkey do update set page = excluded.page;
    -- An agent that brings something is alive.
    update calendar.sync_state as s
       set leased_until = greatest(s.leased_until, calendar_private.current_instant() + interval '60 seconds')
     where s.calendar_id = _state.calendar_id;
end
$$;
comment on function calendar_sync.stage_page(uuid, integer, jsonb) is
$$Stores a page of a pull until finish_pull() applies all pages, and extends the lease.

lease_id: the pull. page_number: 0 for the first, which discards the pages before it; a repeated number replaces its page. page: {"events", "deleted", "rejected", "whole", "unchanged", "outside"} as apply_sync takes them.

Errors: PT409 lease_lost; 22023.$$;
grant execute on function calendar_sync.stage_page(uuid, integer, jsonb) to calendar_agent;
