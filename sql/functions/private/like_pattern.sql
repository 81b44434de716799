create function calendar_private.like_pattern(search text) returns text
    language sql immutable
begin atomic
    -- What is typed is no pattern.
    select '%' || regexp_replace(calendar_private.text_or_null(search), '([%_\\])', '\\\1', 'g') || '%';
end;
comment on function calendar_private.like_pattern(text) is
    'The pattern of LIKE for what contains a text; null for an empty one';
