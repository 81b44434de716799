create function calendar_private.unwritten_in_message(booking_id uuid) returns jsonb
    language sql stable
begin atomic
    select jsonb_build_object(
               'provider', a.provider, 'display_name', a.display_name,
               'since', calendar_private.json_instant(o.created_at), 'problem', coalesce(o.last_error, a.problem))
      from calendar.outbox as o
     cross join lateral calendar_private.push_target(o.booking_id) as t
      join calendar.accounts as a on a.id = t.account_id
     where o.booking_id = unwritten_in_message.booking_id and o.operation <> 'look'
       and coalesce(o.done_at, 'infinity') = 'infinity'
     order by o.id limit 1;
end;
comment on function calendar_private.unwritten_in_message(uuid) is
    'Why a booking is not at its provider, as lease_notifications returns it in a message';
