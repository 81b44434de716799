create function calendar_private.quoted(value text) returns text
    language sql immutable
begin atomic
    select case
        when value is null or value = 'null' then 'null'
        when value ~ '^-?[0-9]{1,20}(\.[0-9]{1,20})?$' then value
        when length(value) > 80 then '"' || regexp_replace(left(value, 80), '[^ -~]', '?', 'g') || '..."'
        else '"' || regexp_replace(value, '[^ -~]', '?', 'g') || '"'
    end;
end;
comment on function calendar_private.quoted(text) is
    'A value as error messages show it: a number or null as it is, a text between quotation marks, in ASCII and at most 80 characters of it';
