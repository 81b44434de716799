create function calendar_private.spoken_refusal(
    instant timestamptz,
    alternatives timestamptz[],
    timezone text
) returns text
    language c stable strict parallel restricted
    as 'MODULE_PATHNAME', 'calendar_spoken_refusal_wrapper';
comment on function calendar_private.spoken_refusal(timestamptz, timestamptz[], text) is
    'A sentence to read out, in an IANA zone: that an instant is not available, and which alternatives are';
