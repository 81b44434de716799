create function calendar_private.note_request(
    broker_id uuid,
    requested_time text,
    lead_name text,
    lead_phone text,
    lead_email text,
    lead_id text,
    lead_timezone text,
    reason text
) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
    set enable_seqscan = off
as $$
declare
    _now constant timestamptz := calendar_private.current_instant();
    _broker calendar.brokers;
    _detail jsonb;
    _reason text;
    _failure_id bigint;
    _is_new boolean;
begin
    perform calendar_private.check_text('requested_time', requested_time);
    perform calendar_private.check_text('lead_name', lead_name);
    perform calendar_private.check_text('lead_phone', lead_phone);
    perform calendar_private.check_text('lead_email', lead_email);
    perform calendar_private.check_text('lead_id', lead_id);
    perform calendar_private.check_text('lead_timezone', lead_timezone);
    perform calendar_private.check_text('reason', reason);
    -- As it was said: a person reads it, who understands more than we do.
    _detail := jsonb_build_object(
        'requested_time', calendar_private.text_or_null(requested_time),
        'lead', jsonb_build_object(
            'id', calendar_private.text_or_null(lead_id), 'name', calendar_private.text_or_null(lead_name),
            'email', calendar_private.text_or_null(lead_email), 'phone', calendar_private.text_or_null(lead_phone),
            'timezone', calendar_private.text_or_null(lead_timezone), 'locale', null));
    _reason := coalesce(calendar_private.text_or_null(reason), 'The caller could not be booked.');
    perform calendar_private.lock_broker(broker_id);
    select b.* into _broker from calendar.brokers as b where b.id = note_request.broker_id;
    -- Voice agents repeat a call whose answer was lost.
    select f.id into _failure_id
      from calendar.failure_logs as f
     where f.broker_id = note_request.broker_id and f.logged_at > _now - interval '30 minutes'
       and f.operation = 'manual_booking' and f.reason = _reason and f.detail = _detail and f.resolved_at is null
     order by f.id limit 1;
    _is_new := _failure_id is null;
    if _is_new then
        insert into calendar.failure_logs (broker_id, operation, reason, detail)
        values (broker_id, 'manual_booking', _reason, _detail)
        returning failure_logs.id into _failure_id;
        insert into calendar.notifications (broker_id, subject, kind, channel, recipient, endpoint_id, due_at, next_attempt_at)
        select _broker.id, _failure_id::text, 'manual_booking', m.channel, m.recipient, m.endpoint_id, _now, _now
          from (select 'email', 'broker', null::uuid
                 where _broker.email is not null
                   and calendar_private.wants_message(_broker.notify, 'broker', 'email', 'manual_booking')
                union all
                select 'sms', 'broker', null::uuid
                 where _broker.business_phone is not null
                   and calendar_private.wants_message(_broker.notify, 'broker', 'sms', 'manual_booking')
                union all
                select 'webhook', case when e.broker_id is null then 'operator' else 'broker' end, e.id
                  from calendar.webhook_endpoints as e
                 where (e.broker_id = _broker.id or e.broker_id is null)
                   and e.disabled_at is null and (e.events is null or 'manual_booking' = any (e.events))
               ) as m (channel, recipient, endpoint_id);
    end if;
    return jsonb_build_object(
        'ok', true, 'failure_id', _failure_id,
        'speech', format('I have passed your request on to %s, who will contact you to arrange the appointment.', _broker.name));
end
$$;
comment on function calendar_private.note_request(uuid, text, text, text, text, text, text, text) is
    'request_manual_booking once the caller''s access to the broker is known';
