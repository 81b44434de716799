create function calendar_sync.report_opt_out(phone text, is_out boolean default true) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    phone := calendar_private.plain_phone(phone);
    if phone is null or not calendar_private.is_phone(phone) then
        raise exception 'phone must be 4 to 15 digits, after a + or not, not %', calendar_private.quoted(phone)
            using errcode = '22023';
    end if;
    if is_out is false then
        delete from calendar.suppressions as s
         where s.channel = 'sms' and s.address_digest = calendar_private.contact_digest('sms', report_opt_out.phone);
    else
        insert into calendar.suppressions (channel, address_digest, reason)
        values ('sms', calendar_private.contact_digest('sms', phone), 'stop')
        on conflict do nothing;
    end if;
end
$$;
comment on function calendar_sync.report_opt_out(text, boolean) is
$$Records that the owner of a telephone number replied STOP to an SMS, or START: no SMS is sent to it, or they are again.

phone: the number. is_out: false for START.

Errors: 22023.$$;
grant execute on function calendar_sync.report_opt_out(text, boolean) to calendar_agent;
