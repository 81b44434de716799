create function calendar.create_feed(broker_id uuid, out feed_id uuid, out token text)
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform calendar_private.require_broker(broker_id, 'owner');
    select f.feed_id, f.token into feed_id, token
      from calendar_private.make_feed(broker_id, null) as f;
end
$$;
comment on function calendar.create_feed(uuid) is
$$Makes a secret address under which calendar programs read a broker's calendars and bookings: GET /rpc/feed?token=TOKEN of PostgREST. Whoever has it can read them; revoke_feed(feed_id) ends that.

broker_id: the broker. Returns the feed's id and its token, which is stored nowhere and cannot be shown again.

Errors: PT404 broker_not_found; 42501 for anyone but the broker and calendar_service.$$;
