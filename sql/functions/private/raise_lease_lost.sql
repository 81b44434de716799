create function calendar_private.raise_lease_lost() returns void
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception 'lease_lost' using errcode = 'PT409',
        detail = jsonb_build_object('reason', 'state', 'alternatives', '[]'::jsonb)::text;
end
$$;
comment on function calendar_private.raise_lease_lost() is
    'Raises PT409 lease_lost: another agent has taken over, or what was leased has ended';
