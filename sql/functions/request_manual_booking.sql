create function calendar.request_manual_booking(
    broker_id uuid,
    requested_time text default null,
    lead_name text default null,
    lead_phone text default null,
    lead_email text default null,
    lead_id text default null,
    lead_timezone text default null,
    reason text default null
) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform calendar_private.require_broker(broker_id, 'owner');
    return calendar_private.note_request(
        broker_id, requested_time, lead_name, lead_phone, lead_email, lead_id, lead_timezone, reason);
end
$$;
comment on function calendar.request_manual_booking(uuid, text, text, text, text, text, text, text) is
$$Asks the broker to make a booking by hand: what a voice agent calls when it cannot book. The request is recorded in failure_logs (operation manual_booking), and the broker gets it by e-mail, as an SMS to brokers.business_phone, and by webhook. Returns {"ok": true, "failure_id", "speech": one sentence to read out}. The same request within 30 minutes is recorded once.

broker_id: the broker. requested_time: when the lead wants to come, as it was said. lead_name, lead_phone, lead_email, lead_id, lead_timezone: who wants to come, as it was said. reason: why it could not be booked. Each at most 1000 characters.

Errors: PT404 broker_not_found; 42501 for anyone but the broker and calendar_service; 22023.$$;
