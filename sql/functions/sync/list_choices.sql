create function calendar_sync.list_choices(connection_id uuid, session_digest bytea) returns jsonb
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _begun calendar.connections_begun := calendar_private.find_connection(connection_id, session_digest);
begin
    return jsonb_build_object(
        'calendars', coalesce((
            select jsonb_agg(jsonb_build_object(
                       'id', c.id, 'name', coalesce(c.display_name, c.external_calendar_id), 'is_writable', c.is_writable,
                       'is_primary', c.is_primary, 'blocks', c.blocks_availability and c.sync_enabled)
                       order by c.is_primary desc, c.created_at, c.id)
              from calendar.calendars as c
             where c.account_id = _begun.connected_account_id and c.gone_at is null), '[]'),
        'primary_elsewhere', (
            select coalesce(c.display_name, c.external_calendar_id, 'a calendar of this service alone')
              from calendar.calendars as c
             where c.broker_id = _begun.broker_id and c.is_primary
               and c.account_id is distinct from _begun.connected_account_id));
end
$$;
comment on function calendar_sync.list_choices(uuid, bytea) is
$$Lists the calendars of the account that a browser has connected, and what they are for.

connection_id: "id" of what take_ticket() returned. session_digest: SHA-256 of the browser's cookie. Returns {"calendars": [{"id", "name", "is_writable", "is_primary": whether bookings are written to it, "blocks": whether its events take time}], "primary_elsewhere": the name of the calendar of another account that bookings are written to, or null}.

Errors: PT404 connection_not_found.$$;
grant execute on function calendar_sync.list_choices(uuid, bytea) to calendar_agent;
