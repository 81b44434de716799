create function calendar_private.one_line(value text) returns text
    language sql immutable
begin atomic
    select btrim(regexp_replace(
        value, '[\u0001-\u0020\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]+', ' ', 'g'));
end;
comment on function calendar_private.one_line(text) is
    'A text of a provider as logs and problems hold it: on one line, without the control and bidirectional characters by which it could write over what a terminal shows';
