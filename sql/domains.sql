create domain calendar.timezone_name as text
    constraint timezone_name_is_iana check (calendar_private.is_timezone(value));
comment on domain calendar.timezone_name is
    'An IANA time zone name, such as America/New_York, that the engine knows';

-- PostgREST hands out as they are what such a function returns, whatever the client accepts.
create domain calendar."*/*" as bytea;
comment on domain calendar."*/*" is 'The body of an HTTP answer';
