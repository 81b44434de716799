create function calendar_private.is_web_address(value text) returns boolean
    language sql immutable strict
begin atomic
    select length(value) <= 2000 and value ~* '^https?://[^/?#\s[:cntrl:]"<>\\]+[^\s[:cntrl:]"<>\\]*$';
end;
comment on function calendar_private.is_web_address(text) is
    'Whether a text is an address that may be shown as a link: http or https with a host, at most 2000 characters, without blanks, quotation marks and angle brackets';
