create function calendar_private.is_kind(value jsonb, kind text) returns boolean
    language sql immutable
begin atomic
    select case
        when jsonb_typeof(is_kind.value) = 'null' then true
        else case is_kind.kind
            when 'text' then jsonb_typeof(is_kind.value) = 'string'
            when 'boolean' then jsonb_typeof(is_kind.value) = 'boolean'
            when 'integer' then jsonb_typeof(is_kind.value) = 'number' and is_kind.value #>> '{}' ~ '^-?[0-9]{1,9}$'
            when 'integers' then jsonb_typeof(is_kind.value) = 'array'
                                 and is_kind.value #>> '{}' ~ '^\[(-?[0-9]{1,9}(, )?)*\]$'
            when 'time' then is_kind.value #>> '{}' ~ '^(([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?|24:00(:00)?)$'
            when 'date' then is_kind.value #>> '{}' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
                             -- Also that the month has the day.
                             and coalesce(calendar_private.is_instant((is_kind.value #>> '{}') || 'T00:00:00Z'), false)
            when 'instant' then jsonb_typeof(is_kind.value) = 'string' and calendar_private.is_instant(is_kind.value #>> '{}')
            else jsonb_typeof(is_kind.value) = is_kind.kind end end;
end;
comment on function calendar_private.is_kind(jsonb, text) is
    'Whether a value of a JSON argument is of this kind, as check_item names them; a null is of every kind';
