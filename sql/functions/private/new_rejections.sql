create function calendar_private.new_rejections(calendar_id uuid, rejected jsonb) returns jsonb
    language sql stable
begin atomic
    select coalesce(jsonb_agg(i.item order by i.place), '[]')
      from jsonb_array_elements(rejected) with ordinality as i (item, place)
     where not exists (
               select from calendar.rejected_events as r
                where r.calendar_id = new_rejections.calendar_id
                  and r.external_event_id = calendar_private.one_line(left(coalesce(i.item ->> 'external_event_id', ''), 2000))
                  and r.reason = calendar_private.one_line(left(i.item ->> 'reason', 1000)));
end;
comment on function calendar_private.new_rejections(uuid, jsonb) is
    'Those of [{"external_event_id", "reason"}] that rejected_events of the calendar does not have with the same reason: the others were logged before';
