create function calendar_private.answer_availability(
    broker_id uuid,
    requested_time text,
    duration_minutes integer,
    timezone text,
    max_alternatives integer,
    meeting_type text
) returns jsonb
    language c stable parallel restricted cost 1000
    as 'MODULE_PATHNAME', 'calendar_answer_availability';
comment on function calendar_private.answer_availability(uuid, text, integer, text, integer, text) is
    'check_availability for a caller that may ask about any broker';
