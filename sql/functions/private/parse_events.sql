create function calendar_private.parse_events(calendar_id uuid, events text)
    returns table (
        external_event_id text,
        recurrence_id text,
        recurrence_this_and_future boolean,
        title text,
        starts_at timestamptz,
        ends_at timestamptz,
        start_date date,
        end_date date,
        status text,
        transparency text,
        declined boolean,
        recurrence text,
        timezone text,
        vtimezone text,
        duration text,
        sequence integer,
        etag text,
        provider_updated_at timestamptz,
        raw text,
        booking_id text,
        repairs jsonb,
        problem text
    )
    language c stable strict
    as 'MODULE_PATHNAME', 'calendar_parse_events';
comment on function calendar_private.parse_events(uuid, text) is
    'The "events" of a batch (JSON) as rows of calendar.events. "repairs" is a list of sentences about values that were wrong, or null. An element that cannot be understood becomes a row with only its id and the problem. Error 22023 where the text is not a JSON array.';
