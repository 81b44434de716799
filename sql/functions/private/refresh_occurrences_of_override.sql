create function calendar_private.refresh_occurrences_of_override() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    _most constant integer := 50000;
begin
    if tg_op = 'UPDATE' and old.broker_id <> new.broker_id then
        perform calendar_private.refresh_override_occurrences(old.broker_id, old.id);
    end if;
    perform calendar_private.refresh_override_occurrences(new.broker_id, new.id);
    if (select count(*) from (select from calendar.override_occurrences as o
                               where o.broker_id = new.broker_id limit _most + 1) as o) > _most then
        raise exception 'the overrides of one broker must have at most % occurrences, each of at most 24 hours', _most
            using errcode = '22023',
                  hint = 'Let the rrule end or recur less often, or join occurrences that touch into longer ones.';
    end if;
    -- A rule whose time is yet to come must be one that can be followed then: at its
    -- start and, as some are counted from there, ten years on.
    perform from calendar.brokers as b
      cross join lateral (values (interval '0'), (interval '3660 days')) as later (time)
      cross join lateral calendar_private.derive_override_occurrences(
          b.id, new.id, new.starts_at + later.time,
          new.starts_at + later.time + (b.overrides_until - b.overrides_from)) as o
      where b.id = new.broker_id and new.rrule is not null;
    return null;
end
$$;
comment on function calendar_private.refresh_occurrences_of_override() is
    'Trigger: keeps override_occurrences true to an override. Error 22023 for a rule that applies too often to be kept.';
