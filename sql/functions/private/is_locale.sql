create function calendar_private.is_locale(value text) returns boolean
    language sql immutable strict
begin atomic
    select value ~* '^[a-z]{2,3}(-[a-z0-9]{2,8}){0,4}$';
end;
comment on function calendar_private.is_locale(text) is
    'Whether a text has the form of a language tag (RFC 5646), such as en or fr-CA';
