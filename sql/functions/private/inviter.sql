create function calendar_private.inviter(booking calendar.bookings, invite_by text, provider text) returns text
    language sql immutable
    set search_path = pg_catalog, pg_temp
as $$
    -- Quoted: a body that PostgreSQL parses would keep the table from getting a column.
    select case
        -- The broker has not agreed to it yet.
        when booking.status = 'pending' or booking.confirmed_at is null then 'none'
        when invite_by = 'none' then 'none'
        when provider is null then 'email'
        -- A public caller can name anyone, and a provider writes to every guest.
        else coalesce(invite_by, case when not booking.is_public and provider in ('google', 'microsoft') then 'provider'
                                      else 'email' end) end;
$$;
comment on function calendar_private.inviter(calendar.bookings, text, text) is
    'Who invites the lead of a booking: provider, email or none. invite_by: the broker''s. provider: the one that the booking is written to; null = none. There is one inviter, because two send two invitations that calendars do not know to be the same.';
