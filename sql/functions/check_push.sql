create function calendar.check_push(lease_id uuid) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _booking calendar.bookings := calendar_private.find_push(lease_id);
begin
    if _booking.status not in ('pending', 'confirmed') then
        return false;
    elsif calendar_private.slot_verdict(
              _booking.broker_id, _booking.slot_start, _booking.slot_end, true, _booking.id)
          is distinct from 'taken'
       or not exists (select from calendar.busy_blocks as k
                       where k.broker_id = _booking.broker_id
                         and k.starts_at < _booking.slot_end and k.ends_at > _booking.slot_start
                         and k.starts_at > _booking.slot_start - interval '24 hours') then
        return true;
    end if;
    perform calendar_private.fail_booking(_booking, 'conflict');
    update calendar.outbox as o set done_at = calendar_private.current_instant()
     where o.lease_id = check_push.lease_id and o.done_at is null;
    return false;
end
$$;
comment on function calendar.check_push(uuid) is
$$Whether a leased booking may still be written to its provider, after the calendar was pulled once more. Where an event has taken the time since it was booked, the booking becomes failed with reason conflict.

lease_id: the push. Returns false where it must not be written.

Errors: PT409 lease_lost.$$;
