create function calendar.set_message_settings(broker_id uuid, settings jsonb) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _kinds constant jsonb := '{"business_phone": "text", "locale": "text", "invite_by": "text",
                               "reminder_minutes": "integers", "notify": "object"}';
    _stored jsonb;
begin
    perform calendar_private.require_broker(broker_id, 'owner');
    perform calendar_private.check_item('settings', settings, _kinds);
    perform calendar_private.lock_broker(broker_id);
    update calendar.brokers as b
       set business_phone = case when settings ? 'business_phone'
                                 then calendar_private.plain_phone(settings ->> 'business_phone') else b.business_phone end,
           locale = case when settings ? 'locale'
                         then calendar_private.text_or_null(settings ->> 'locale') else b.locale end,
           invite_by = case when settings ? 'invite_by'
                            then calendar_private.text_or_null(settings ->> 'invite_by') else b.invite_by end,
           reminder_minutes = case jsonb_typeof(settings -> 'reminder_minutes')
                                   when 'array' then array(select m.minutes::integer
                                                             from jsonb_array_elements_text(settings -> 'reminder_minutes')
                                                                  with ordinality as m (minutes, place)
                                                            order by m.place)
                                   when 'null' then '{1440}' else b.reminder_minutes end,
           notify = case when settings ? 'notify'
                         then coalesce(nullif(settings -> 'notify', 'null'), '{}') else b.notify end
     where b.id = set_message_settings.broker_id
    returning jsonb_build_object('business_phone', b.business_phone, 'locale', b.locale, 'invite_by', b.invite_by,
                                 'reminder_minutes', b.reminder_minutes, 'notify', b.notify)
      into _stored;
    return _stored;
exception
    when check_violation then
        raise exception 'settings: %', sqlerrm using errcode = '22023';
end
$$;
comment on function calendar.set_message_settings(uuid, jsonb) is
$$Changes how messages about a broker's bookings are sent, and returns the settings as they are stored, all of them.

broker_id: the broker. settings: {"business_phone": what gets the broker's text messages, 4 to 15 digits after a + or not, "locale": a language tag such as fr-CA, "invite_by": provider, email or none, "reminder_minutes": at most 5 different numbers from 10 to 40320, an empty array = no reminders, "notify": {"lead": {"email": [kinds], "sms": [kinds]}, "broker": {"email": [kinds], "sms": [kinds]}, "quiet_from": "21:00", "quiet_until": "08:00"}}, as the columns of brokers say. A key that is left out stays as it is; null or an empty text is the column's default; notify is replaced whole. A telephone number loses blanks and ()-./.

Errors: PT404 broker_not_found; 42501 for anyone but the broker and calendar_service; 22023 names the key, its value and what is allowed.$$;
