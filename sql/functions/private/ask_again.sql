create function calendar_private.ask_again(question text, message text default null) returns jsonb
    language sql immutable
begin atomic
    select pg_catalog.jsonb_build_object(
        'ok', false, 'available', false, 'understood', false, 'reason', 'not_understood',
        'alternatives', '[]'::jsonb, 'warnings', '[]'::jsonb, 'speech', question)
        || case when message is null then '{}'::jsonb else pg_catalog.jsonb_build_object('message', message) end;
end;
comment on function calendar_private.ask_again(text, text) is
    'The answer of a voice agent''s function to what it could not understand: question is read out; message says to a developer which argument is wrong and what is allowed';
