create function calendar_private.spoken_refusal(
    instant timestamptz,
    alternatives timestamptz[],
    timezone text
) returns text
    language c stable strict parallel restricted
    as 'MODULE_PATHNAME', 'calendar_spoken_refusal_wrapper';
comment on function calendar_private.spoken_refusal(timestamptz, timestamptz[], text) is
    'That an instant is not available, and which others are, in a sentence to read out in an IANA zone';
