create function calendar_private.is_phone(value text) returns boolean
    language sql immutable
begin atomic
    select value ~ '^[+]?[0-9]{4,15}$';
end;
comment on function calendar_private.is_phone(text) is
    'Whether a text that plain_phone has returned is a telephone number: 4 to 15 digits, after a + or not';
