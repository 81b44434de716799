create function calendar_private.refusal_wait(refusals integer) returns interval
    language sql immutable
begin atomic
    select case refusals when 1 then interval '1 minute' when 2 then interval '5 minutes'
                         when 3 then interval '15 minutes' else interval '1 hour' end;
end;
comment on function calendar_private.refusal_wait(integer) is
    'How long to wait after a provider has refused a credential so many times in a row';
