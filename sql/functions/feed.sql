create function calendar.feed(token text) returns calendar."*/*"
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now timestamptz := calendar_private.current_instant();
    _seen text := calendar_private.request_header('if-none-match', 1000);
    _feed calendar.feeds;
    _ics text;
    _digest text;
begin
    select f.* into _feed from calendar.feeds as f
     where f.token_digest = calendar_private.token_digest(token) and f.revoked_at is null;
    if not found then
        raise exception 'feed_not_found' using errcode = 'PT404';
    elsif _feed.booking_id is null then
        _ics := calendar_private.broker_ics(
            _feed.broker_id, _now - interval '31 days', _now + interval '400 days');
    else
        select calendar_private.booking_message(b, 'PUBLISH') into _ics
          from calendar.bookings as b where b.id = _feed.booking_id;
    end if;
    -- When the stream was made says nothing about what is in it.
    _digest := encode(sha256(convert_to(regexp_replace(_ics, '\nDTSTAMP[^\n]*', '', 'g'), 'UTF8')), 'hex');
    perform set_config('response.headers', json_build_array(
        json_build_object('Content-Type', 'text/calendar; charset=utf-8'),
        json_build_object('Cache-Control', 'private, max-age=300'),
        json_build_object('ETag', format('W/"%s"', _digest)))::text, true);
    if _seen = '*' or position(_digest in _seen) > 0 then
        perform set_config('response.status', '304', true);
        return '';
    end if;
    return convert_to(_ics, 'UTF8');
end
$$;
comment on function calendar.feed(text) is
$$What a secret address shows, as iCalendar (RFC 5545), for calendar programs: GET /rpc/feed?token=TOKEN of PostgREST answers every Accept with text/calendar, an ETag and Cache-Control, and 304 to If-None-Match. A broker's calendars and bookings from 31 days ago until 400 days from now, or one booking as a PUBLISH message (RFC 5546).

token: as create_feed or create_invitation returned it.

Errors: PT404 feed_not_found.$$;
