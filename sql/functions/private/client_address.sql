create function calendar_private.client_address() returns text
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    _header text := calendar_private.request_header(
        coalesce(nullif(current_setting('calendar.client_address_header', true), ''), 'x-forwarded-for'), 1000);
    _text text;
    _address inet;
begin
    select e.text into _text
      from unnest(string_to_array(_header, ',')) with ordinality as e (text, place)
     where e.text ~ '[^ \t"]'
     order by e.place desc
     limit 1;
    -- [2001:db8::1]:443 and 192.0.2.1:443 have a port, fe80::1%eth0 has a zone.
    _text := lower(btrim(_text, E' \t"'));
    _text := split_part(coalesce(
        substring(_text from '^\[([^]]*)\]'), substring(_text from '^([^:]*):[0-9]*$'), _text), '%', 1);
    if _text is null then
        return null;
    end if;
    begin
        _address := host(_text::inet)::inet;
    exception
        when invalid_text_representation then
            return left(_text, 100);
    end;
    if _address <<= inet '::ffff:0:0/96' then
        return host(inet '0.0.0.0' + (_address - inet '::ffff:0:0'));
    elsif family(_address) = 6 then
        -- One IPv6 subscriber has all 2^64 addresses of its network.
        return network(set_masklen(_address, 64))::text;
    end if;
    return host(_address);
end
$$;
comment on function calendar_private.client_address() is
    'Returns the address from which the request came, or null if it is not known. It is the last address in the header that calendar.client_address_header names: the proxy in front of PostgREST adds it there. The port and the zone are removed. For IPv6, the /64 network is returned. A text that is not an address is cut to 100 characters.';
