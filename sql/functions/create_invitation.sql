create function calendar.create_invitation(booking_id uuid, out feed_id uuid, out token text)
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.bookings := calendar_private.find_booking(booking_id);
begin
    select f.feed_id, f.token into feed_id, token
      from calendar_private.make_feed(_booking.broker_id, _booking.id) as f;
end
$$;
comment on function calendar.create_invitation(uuid) is
$$Creates a secret address at which the lead's calendar app reads one booking in its current state: GET /rpc/feed?token=TOKEN of PostgREST, for a link in a confirmation. It works until revoke_feed(feed_id) is called.

booking_id: the booking. Returns the feed's id and its token, which is stored nowhere and cannot be shown again.

Errors: PT404 booking_not_found, also for anyone but the broker and calendar_service.$$;
