create function calendar.set_retell_key(api_key text, broker_id uuid default null) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform calendar_private.check_text('api_key', api_key);
    if length(btrim(api_key, E' \t\n\r\f\x0B')) < 16 then
        raise exception 'api_key must have at least 16 characters, or be null to remove the key'
            using errcode = '22023';
    end if;
    if broker_id is not null then
        perform calendar_private.require_broker(broker_id, 'service');
    end if;
    delete from calendar.voice_keys as k where k.broker_id is not distinct from set_retell_key.broker_id;
    if api_key is not null then
        insert into calendar.voice_keys (broker_id, mac_key)
        values (broker_id, calendar_private.mac_key(btrim(api_key, E' \t\n\r\f\x0B')));
    end if;
end
$$;
comment on function calendar.set_retell_key(text, uuid) is
$$Stores what it takes to check that calls of retell() are signed with an API key of Retell, and not the key itself.

api_key: the key that carries Retell's webhook badge, of at least 16 characters without blanks around it; null removes what is stored. broker_id: the broker whose agents use it; null = all that have none of their own.

Errors: PT404 broker_not_found; 22023.$$;
