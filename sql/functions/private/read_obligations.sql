create function calendar_private.read_obligations(items jsonb) returns setof calendar.obligations
    language sql stable rows 1000
    set search_path = pg_catalog, pg_temp
as $$
    select null::uuid, null::uuid, calendar_private.text_or_null(i.external_id), calendar_private.text_or_null(i.title),
           calendar_private.text_or_null(i.notes), calendar_private.text_or_null(i.url),
           i.due_on, i.due_at, coalesce(i.duration_minutes, 30), coalesce(i.reminder_minutes, '{1440}'),
           coalesce(calendar_private.text_or_null(i.status), 'pending'),
           0, null::timestamptz, null::timestamptz, null::timestamptz, null::timestamptz
      from rows from (jsonb_to_recordset(items) as (
               external_id text, title text, notes text, url text, due_on date, due_at timestamptz,
               duration_minutes integer, reminder_minutes integer[], status text))
           with ordinality as i (external_id, title, notes, url, due_on, due_at, duration_minutes, reminder_minutes, status, place)
     order by i.place
$$;
comment on function calendar_private.read_obligations(jsonb) is
    'The rows that a JSON array of deadlines describes, in order, with the defaults of what it leaves out';
