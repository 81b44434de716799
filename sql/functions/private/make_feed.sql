create function calendar_private.make_feed(
    broker_id uuid,
    booking_id uuid,
    out feed_id uuid,
    out token text
)
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    token := calendar_private.make_token();
    insert into calendar.feeds (broker_id, booking_id, token_digest)
    values (broker_id, booking_id, calendar_private.token_digest(token))
    returning id into feed_id;
end
$$;
comment on function calendar_private.make_feed(uuid, uuid) is
    'Makes a feed of a broker, or of one booking of theirs, and returns the token that is stored nowhere';
