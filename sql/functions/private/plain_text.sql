create function calendar_private.plain_text(value text) returns text
    language sql immutable
    set search_path = pg_catalog, pg_temp
return translate(
    regexp_replace(
        value,
        '[\u0001-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2066-\u2069]', '', 'g'),
    '<>', chr(8249) || chr(8250));
comment on function calendar_private.plain_text(text) is
    'A text that a stranger wrote, for programs that read markup: without control and bidirectional characters, and with single angle quotation marks in place of < and >';
