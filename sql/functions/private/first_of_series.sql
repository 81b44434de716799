create function calendar_private.first_of_series(
    calendar_id uuid,
    external_event_id text,
    recurrence text,
    recurrence_id text,
    starts_at timestamptz,
    ends_at timestamptz
) returns tstzrange
    language sql stable
begin atomic
    select case
               when first_of_series.recurrence is not null
                   then tstzrange(first_of_series.starts_at, first_of_series.ends_at)
               when exists (
                   select from calendar.events as e
                    where e.calendar_id = first_of_series.calendar_id
                      and e.external_event_id = first_of_series.external_event_id
                      and e.recurrence is not null
                      and first_of_series.recurrence_id = calendar_private.first_recurrence_id(e.starts_at, e.start_date))
                   then tstzrange('-infinity', 'infinity')
               else 'empty'
           end;
end;
comment on function calendar_private.first_of_series(uuid, text, text, text, timestamptz, timestamptz) is
    'The part of a row of calendar.events that is the first occurrence of its series. Of a recurring master it is the time of that occurrence; of an override all of it or nothing.';
