create function calendar_private.parse_events(calendar_id uuid, events text)
    returns setof calendar_private.parsed_event
    language c stable strict
    as 'MODULE_PATHNAME', 'calendar_parse_events';
comment on function calendar_private.parse_events(uuid, text) is
    'The "events" of a batch (JSON) as rows of calendar.events. "repairs" is a list of sentences about values that were wrong, or null. An element that cannot be understood becomes a row with only its id and the problem. Error 22023 where the text is not a JSON array.';
