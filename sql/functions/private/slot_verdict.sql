create function calendar_private.slot_verdict(
    broker_id uuid,
    slot_start timestamptz,
    slot_end timestamptz,
    outside_hours boolean,
    except_booking uuid,
    meeting_type uuid
) returns text
    language c volatile
    as 'MODULE_PATHNAME', 'calendar_slot_verdict_wrapper';
comment on function calendar_private.slot_verdict(uuid, timestamptz, timestamptz, boolean, uuid, uuid) is
    'Why a slot cannot be booked now: disabled, past, notice, horizon, not_synced, outside_hours, off_grid, taken or daily_limit; null where it can. Reads what is committed at this moment, whatever the isolation level. outside_hours: check only disabled, not_synced and taken. except_booking: a booking that does not count. meeting_type: the id of the meeting type whose rules apply, whatever lengths it has; null = the brokers own. Error 22023 for a slot that no list could hold.';
