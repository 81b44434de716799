create function calendar_sync.report_alert(key text, problem text default null) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _now constant timestamptz := calendar_private.current_instant();
    _alert calendar.alerts;
begin
    key := calendar_private.text_or_null(key);
    perform calendar_private.check_text('key', report_alert.key, 200);
    perform calendar_private.check_text('problem', report_alert.problem, 10000);
    problem := calendar_private.one_line(left(calendar_private.text_or_null(problem), 1000));
    if key is null then
        raise exception 'key must not be null' using errcode = '22023';
    end if;
    if problem is null then
        update calendar.alerts as a set ended_at = _now
         where a.key = report_alert.key and a.ended_at is null
        returning a.* into _alert;
    else
        -- Reported at once, and after 1, 6 and 24 hours.
        insert into calendar.alerts as a (key, problem, since, last_reported_at)
        values (key, problem, _now, _now)
        on conflict on constraint alerts_pkey do update
           set problem = excluded.problem, last_reported_at = _now, ended_at = null,
               since = case when a.ended_at is null then a.since else _now end,
               reports = case when a.ended_at is null then a.reports + 1 else 1 end
         where a.ended_at is not null
            or a.reports < 4
               and a.since + (array['1 hour', '6 hours', '24 hours']::interval[])[a.reports] <= _now
        returning a.* into _alert;
    end if;
    if _alert.key is null then
        return false;
    end if;
    insert into calendar.notifications (subject, kind, channel, recipient, endpoint_id, revision, due_at, next_attempt_at)
    select _alert.key, k.kind, m.channel, 'operator', m.endpoint_id,
           -- Each time that it begins has numbers of its own.
           (extract(epoch from _alert.since)::bigint % 100000000) * 10 + _alert.reports, _now, _now
      from (values (case when _alert.ended_at is null then 'alert' else 'recovered' end)) as k (kind)
     cross join lateral (
           values ('email', null::uuid)
           union all
           select 'webhook', e.id from calendar.webhook_endpoints as e
            where e.broker_id is null and e.disabled_at is null and (e.events is null or k.kind = any (e.events))
           ) as m (channel, endpoint_id)
    on conflict do nothing;
    return true;
end
$$;
comment on function calendar_sync.report_alert(text, text) is
$$Reports a condition to operators, by e-mail and webhooks: at once, after 1, 6 and 24 hours as long as it is reported, and once when it is over. Call it at each check.

key: the condition, at most 200 characters, without personal data, such as outbox:behind. problem: what is wrong, in plain words; null = it is over.

Returns whether messages were written. Errors: 22023.$$;
grant execute on function calendar_sync.report_alert(text, text) to calendar_agent;
