create function calendar_private.first_recurrence_id(starts_at timestamptz, start_date date) returns text
    language sql stable
begin atomic
    select coalesce(start_date::text, pg_catalog.to_char(starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
end;
comment on function calendar_private.first_recurrence_id(timestamptz, date) is
    'The recurrence_id of an override of a recurring master''s first occurrence, from starts_at and start_date of the master (RFC 5545 section 3.8.4.4)';
