-- PostgREST hands out as they are what such a function returns, whatever the client accepts.
create domain calendar."*/*" as bytea;
comment on domain calendar."*/*" is 'The body of an HTTP answer';
