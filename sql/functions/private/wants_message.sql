create function calendar_private.wants_message(notify jsonb, recipient text, channel text, kind text) returns boolean
    language c immutable strict
    as 'MODULE_PATHNAME', 'calendar_wants_message_wrapper';
comment on function calendar_private.wants_message(jsonb, text, text, text) is
    'Whether a broker whose brokers.notify this is wants a message of this kind to be sent by email or sms to lead or broker';
