create function calendar_sync.unsubscribe(token text) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _address text;
begin
    perform calendar_private.check_text('token', token, 200);
    select b.lead_email into _address
      from calendar.notifications as n
      join calendar.bookings as b on b.id = n.booking_id
     where n.token_digest = calendar_private.token_digest(unsubscribe.token);
    if not found then
        return false;
    end if;
    insert into calendar.suppressions (channel, address_digest, reason)
    select 'email', calendar_private.contact_digest('email', _address), 'unsubscribed' where _address is not null
    on conflict do nothing;
    return true;
end
$$;
comment on function calendar_sync.unsubscribe(text) is
$$Ends reminders by e-mail to the address that a reminder was sent to (one click, RFC 8058). Other messages are sent all the same.

token: as lease_notifications() returned it. Returns whether there is such a token; repeated, it changes nothing. Errors: 22023.$$;
grant execute on function calendar_sync.unsubscribe(text) to calendar_agent;
