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
$$Creates a secret address at which calendar apps read a broker's calendars and bookings: GET /rpc/feed?token=TOKEN of PostgREST. Anyone with the address can read them until revoke_feed(feed_id) is called.

broker_id: the broker. Returns the feed's id and its token, which is stored nowhere and cannot be shown again.

Errors: PT404 broker_not_found; 42501 for anyone but the broker and calendar_service.$$;
