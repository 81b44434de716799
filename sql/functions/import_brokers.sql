create function calendar.import_brokers(rows jsonb) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _row jsonb;
    _broker_id uuid;
    _account_id uuid;
    _is_new boolean;
    _answer jsonb := '[]';
    _state text;
    _problem text;
    _detail text;
    _hint text;
begin
    if rows is null or jsonb_typeof(rows) <> 'array' then
        raise exception 'rows must be a JSON array, not %', calendar_private.quoted(rows #>> '{}')
            using errcode = '22023';
    end if;
    for _row in select r.item from jsonb_array_elements(rows) as r (item) loop
        begin
            select b.id into _broker_id from calendar.brokers as b
             where b.external_id = _row ->> 'external_id'
                or _row ->> 'external_id' is null and lower(b.email) = lower(_row ->> 'email');
            _is_new := not found;
            perform calendar_private.check_import_row(_row, _is_new);
            if _is_new then
                insert into calendar.brokers (external_id, name, email, phone, timezone)
                values (_row ->> 'external_id', _row ->> 'name', _row ->> 'email', _row ->> 'phone', _row ->> 'timezone')
                returning id into _broker_id;
                insert into calendar.working_hours (broker_id, weekday, start_local, end_local)
                select _broker_id, h.weekday, h.start_local, h.end_local
                  from jsonb_to_recordset(coalesce(nullif(_row -> 'hours', 'null'), '[]'))
                       as h (weekday integer, start_local time, end_local time);
            end if;
            _account_id := case when _row ->> 'provider' is not null then
                calendar_sync.connect_account(
                    _broker_id, _row ->> 'provider', coalesce(nullif(_row -> 'settings', 'null'), '{}'),
                    _row ->> 'display_name') end;
        exception
            when not_null_violation or check_violation or unique_violation or data_exception then
                get stacked diagnostics _state = returned_sqlstate, _problem = message_text,
                    _detail = pg_exception_detail, _hint = pg_exception_hint;
                -- Of a row that is there already, the detail names column and value.
                if _state = '23505' then
                    _problem := _detail;
                end if;
                raise exception 'import_refused' using errcode = '22023',
                    detail = jsonb_build_object(
                        'line', _row -> 'line', 'problem', concat_ws('. ', _problem, nullif(_hint, '')))::text;
        end;
        _answer := _answer || jsonb_build_object(
            'line', _row -> 'line', 'broker_id', _broker_id, 'account_id', _account_id, 'is_new', _is_new);
    end loop;
    return _answer;
end
$$;
comment on function calendar.import_brokers(jsonb) is
$$Creates brokers with their hours and accounts: all of them, or none.

rows: [{"line", "external_id", "name", "email", "phone", "timezone": IANA, "hours": [{"weekday": 1 (Monday) to 7 (Sunday), "start_local", "end_local": times in the broker's zone, such as 09:00, up to 24:00}], "provider", "settings", "display_name"}]. A broker that exists, by external_id or else by e-mail address, stays as it is and only gets the account.

Returns [{"line", "broker_id", "account_id", "is_new"}].

Errors: 22023 import_refused. Its detail is {"line", "problem"}; the problem names the column, the value and what is allowed.$$;
grant execute on function calendar.import_brokers(jsonb) to calendar_agent;
