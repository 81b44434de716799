create function calendar_private.conflict_reason(
    state text,
    constraint_name text,
    broker_id uuid,
    slot_start timestamptz,
    slot_end timestamptz,
    outside_hours boolean,
    except_booking uuid,
    meeting_type uuid
) returns text
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    _reason text;
begin
    if state = '40P01' then
        -- Whether the slot is taken is a question of its own: a deadlock does not answer it.
        if slot_end is not null then
            _reason := calendar_private.slot_verdict(
                broker_id, slot_start, slot_end, outside_hours, except_booking, meeting_type);
        end if;
        if _reason is null then
            perform calendar_private.raise_came_first();
        end if;
        return _reason;
    end if;
    return case constraint_name
        when 'bookings_no_overlap' then 'taken'
        when 'bookings_lead_at_one_place' then 'lead_busy'
    end;
end
$$;
comment on function calendar_private.conflict_reason(text, text, uuid, timestamptz, timestamptz, boolean, uuid, uuid) is
    'The reason of PT409 slot_unavailable for an error that PostgreSQL raised while a booking was written: state is its SQLSTATE, constraint_name the constraint that it names. Null for an error that says nothing about the slot. A deadlock becomes 40001, unless the slot cannot be booked (slot_verdict, whose arguments follow).';
