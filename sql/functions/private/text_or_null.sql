create function calendar_private.text_or_null(value text) returns text
    language sql immutable
begin atomic
    select nullif(btrim(value, E' \t\n\r\f\x0B'), '');
end;
comment on function calendar_private.text_or_null(text) is
    'A text argument as it is understood: without blanks around it; null for an empty one';
