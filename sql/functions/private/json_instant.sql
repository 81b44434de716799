create function calendar_private.json_instant(instant timestamptz) returns text
    language sql immutable
begin atomic
    -- PostgreSQL's own form of a timestamptz depends on the session's zone.
    select trim(both '"' from to_json(instant at time zone 'UTC')::text) || 'Z';
end;
comment on function calendar_private.json_instant(timestamptz) is
    'An instant as JSON holds it, whatever the session''s zone is: in UTC, such as 2026-03-03T15:00:00Z';
