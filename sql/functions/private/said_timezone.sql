create function calendar_private.said_timezone(said text, timezone text) returns text
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'calendar_said_timezone_wrapper';
comment on function calendar_private.said_timezone(text, text) is
    'The IANA zone that a text names, in whatever form: Europe/Paris, "Eastern time", "EST", "London"; an abbreviation that several regions use is understood where the IANA zone timezone goes by it. Null for any other text';
