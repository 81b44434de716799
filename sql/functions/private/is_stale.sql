create function calendar_private.is_stale(last_success_at timestamptz) returns boolean
    language c stable parallel restricted
    as 'MODULE_PATHNAME', 'calendar_is_stale_wrapper';
comment on function calendar_private.is_stale(timestamptz) is
    'Whether what is known of a calendar is no longer new: never synced (null), or 15 minutes ago';
