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
    token := encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
    insert into calendar.feeds (broker_id, booking_id, token_digest)
    values (broker_id, booking_id, sha256(convert_to(token, 'UTF8')))
    returning id into feed_id;
end
$$;
comment on function calendar_private.make_feed(uuid, uuid) is
    'Makes a feed of a broker, or of one booking of theirs, and returns the token that is stored nowhere';
