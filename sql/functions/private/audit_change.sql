create function calendar_private.audit_change() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
    -- JSON holds instants as the session writes them.
    set timezone = 'UTC'
as $$
declare
    _row record := coalesce(new, old);
begin
    insert into calendar.audit_log (broker_id, table_name, row_id, operation, db_role, jwt_subject, old_row, new_row)
    values (_row.broker_id, tg_table_name, _row.id, lower(tg_op),
            calendar_private.caller_name(), calendar_private.jwt_subject(),
            to_jsonb(old), to_jsonb(new));
    return null;
end
$$;
comment on function calendar_private.audit_change() is 'Trigger: writes the changed row to audit_log, with instants in UTC';
