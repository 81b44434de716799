create function calendar_private.is_email(value text) returns boolean
    language sql immutable
begin atomic
    select value ~ '^[^@[:space:]<>,;]+@[^@[:space:]<>,;.]+([.][^@[:space:]<>,;.]+)*$';
end;
comment on function calendar_private.is_email(text) is
    'Whether a text is an e-mail address: something, one @, and a domain';
