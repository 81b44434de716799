create function calendar_private.restoring() returns boolean
    language c stable parallel safe
    as 'MODULE_PATHNAME', 'calendar_restoring_wrapper';
comment on function calendar_private.restoring() is
    'Whether a dump is being loaded: pg_dump and pg_restore turn row_security off. Rows then arrive with all that triggers would derive from them, so the triggers keep still.';
