create function calendar_private.is_slug(value text) returns boolean
    language sql immutable strict
begin atomic
    -- Not of the form of an id: a meeting type is named by either.
    select length(value) <= 60 and value ~ '^[a-z0-9]+(-[a-z0-9]+)*$'
       and value !~ '^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$';
end;
comment on function calendar_private.is_slug(text) is
    'Whether a text can be a part of an address: small letters and digits, in parts that single hyphens join, at most 60 characters, and no UUID';
