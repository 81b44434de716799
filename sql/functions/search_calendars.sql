create function calendar.search_calendars(
    search text default null,
    only_wrong boolean default false,
    max_rows integer default 100
) returns jsonb
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _search constant text := calendar_private.like_pattern(search);
begin
    perform calendar_private.require_service();
    perform calendar_private.check_text('search', search, 200);
    max_rows := coalesce(max_rows, 100);
    perform calendar_private.check_most('max_rows', max_rows);
    return (
        select coalesce(jsonb_agg(r.shown), '[]')
          from (select jsonb_build_object(
                           'calendar_id', h.calendar_id, 'account_id', h.account_id, 'broker_id', h.broker_id,
                           'broker_name', h.broker_name, 'broker_email', b.email, 'provider', h.provider,
                           'display_name', h.display_name, 'account_name', a.display_name,
                           'account_status', h.account_status, 'problem', h.problem, 'failures', h.failures,
                           'rejected', h.rejected,
                           'last_success_at', calendar_private.json_instant(h.last_success_at),
                           'next_attempt_at', calendar_private.json_instant(h.next_attempt_at)) as shown
                  from calendar.sync_health as h
                  join calendar.brokers as b on b.id = h.broker_id
                  join calendar.accounts as a on a.id = h.account_id
                 where (_search is null
                        or h.broker_name ilike _search or h.display_name ilike _search
                        or b.email ilike _search or a.display_name ilike _search)
                   and (only_wrong is not true or h.problem is not null)
                 order by h.problem is null, h.broker_name, h.display_name, h.calendar_id
                 limit max_rows) as r);
end
$$;
comment on function calendar.search_calendars(text, boolean, integer) is
$$The calendars at providers, those with a problem first, then by broker: [{"calendar_id", "account_id", "broker_id", "broker_name", "broker_email", "provider", "display_name", "account_name", "account_status", "problem": in plain words, "failures": in a row, "rejected": events that could not be understood, "last_success_at", "next_attempt_at"}]. Instants are in UTC.

search: a part of the name or e-mail address of a broker, or of the name of a calendar or account, in any case. only_wrong: those with a problem alone. max_rows: at most so many, 1 to 1000.

Errors: 42501 for anyone but calendar_service and operators; 22023.$$;
