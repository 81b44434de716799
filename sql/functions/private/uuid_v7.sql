create function calendar_private.uuid_v7() returns uuid
    language c volatile parallel safe
    as 'MODULE_PATHNAME', 'calendar_uuid_v7_wrapper';
comment on function calendar_private.uuid_v7() is
    'A new UUID that is greater than those before it (RFC 9562 section 5.7): rows that come together then lie together in an index';
