create function calendar.revoke_feed(feed_id uuid) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _feed calendar.feeds;
begin
    select f.* into _feed from calendar.feeds as f where f.id = feed_id for no key update;
    if not found or coalesce(calendar_private.caller_access(_feed.broker_id), 'public') = 'public' then
        raise exception 'feed_not_found' using errcode = 'PT404';
    end if;
    update calendar.feeds as f set revoked_at = calendar_private.current_instant()
     where f.id = feed_id and f.revoked_at is null;
    return found;
end
$$;
comment on function calendar.revoke_feed(uuid) is
$$Revokes a secret address that create_feed or create_invitation returned.

feed_id: the feed. Returns whether the address worked until now.

Errors: PT404 feed_not_found, also for anyone but the broker and calendar_service.$$;
