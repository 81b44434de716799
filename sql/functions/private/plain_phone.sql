create function calendar_private.plain_phone(value text) returns text
    language sql immutable
begin atomic
    select nullif(translate(value, E' \t\n\r\f\x0B()-./', ''), '');
end;
comment on function calendar_private.plain_phone(text) is
    'A telephone number without blanks and ()-./; null for an empty one';
