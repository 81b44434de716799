create function calendar_private.check_row_bound() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _most constant integer := tg_argv[0];
    _rows bigint;
begin
    -- One writer of a broker's rows at a time: else two that each see room could pass together.
    perform calendar_private.lock_broker(new.broker_id);
    execute format(
        'select count(*) from (select from calendar.%I as t where t.broker_id = $1 limit $2) as t', tg_table_name)
       into _rows using new.broker_id, _most + 1;
    if _rows > _most then
        raise exception '% must have at most % rows for one broker', tg_table_name, _most
            using errcode = '22023', hint = tg_argv[1];
    end if;
    return null;
end
$$;
comment on function calendar_private.check_row_bound() is
    'Trigger: 22023 where a broker has more rows in a table than the first argument says; the second is a hint what to do about it';
