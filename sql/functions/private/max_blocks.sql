create function calendar_private.max_blocks() returns integer
    language c immutable
    as 'MODULE_PATHNAME', 'calendar_max_blocks_wrapper';
comment on function calendar_private.max_blocks() is
    'The most busy blocks of one calendar that are stored event by event';
