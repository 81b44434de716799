create function calendar_private.make_booking_link(
    broker_id uuid,
    booking_id uuid,
    address_digest bytea default null,
    out token text
)
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    token := calendar_private.make_token();
    insert into calendar.booking_links (broker_id, booking_id, token_digest, address_digest)
    values (broker_id, booking_id, calendar_private.token_digest(token), address_digest);
end
$$;
comment on function calendar_private.make_booking_link(uuid, uuid, bytea) is
    'Makes a secret token for a booking and returns it; it is stored nowhere';
