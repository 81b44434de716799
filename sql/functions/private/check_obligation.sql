create function calendar_private.check_obligation(obligation calendar.obligations) returns boolean
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
begin
    return (length(obligation.external_id) <= 200
            or calendar_private.refuse('external_id', coalesce(obligation.external_id, 'null'), 'a text of 1 to 200 characters'))
       and (length(obligation.title) <= 500
            or calendar_private.refuse('title', coalesce(obligation.title, 'null'), 'a text of 1 to 500 characters'))
       and (obligation.notes is null or length(obligation.notes) <= 10000
            or calendar_private.refuse('notes', obligation.notes, 'of at most 10000 characters'))
       and (obligation.url is null or calendar_private.is_web_address(obligation.url)
            or calendar_private.refuse('url', obligation.url, 'an http or https address of at most 2000 characters'))
       and (num_nonnulls(obligation.due_on, obligation.due_at) = 1
            or calendar_private.refuse(
                'due_on', coalesce(obligation.due_on::text, 'null'), 'set exactly where due_at is null'))
       and (obligation.due_on is null or obligation.due_on between '0001-01-01' and '9999-11-30'
            or calendar_private.refuse('due_on', obligation.due_on::text, 'a date from 0001-01-01 to 9999-11-30'))
       and (obligation.due_at is null or obligation.due_at >= '0001-01-02Z' and obligation.due_at < '9999-12-01Z'
            or calendar_private.refuse('due_at', obligation.due_at::text, 'an instant within years 1 to 9999'))
       and (obligation.duration_minutes between 1 and 1440
            or calendar_private.refuse('duration_minutes', obligation.duration_minutes::text, 'from 1 to 1440'))
       -- Most have the default, and the function takes longer than all else here.
       and (obligation.reminder_minutes = '{1440}'
            or calendar_private.are_reminders(obligation.reminder_minutes, 0)
            or calendar_private.refuse(
                'reminder_minutes', obligation.reminder_minutes::text,
                'at most 5 different numbers of minutes, each from 0 to 40320'))
       and (obligation.status in ('pending', 'done', 'cancelled')
            or calendar_private.refuse('status', obligation.status, 'pending, done or cancelled'));
end
$$;
comment on function calendar_private.check_obligation(calendar.obligations) is
    'Whether the values of a deadline are allowed; raises 23514 for one that is not, as refuse() does';

alter table calendar.obligations add constraint obligations_check check (calendar_private.check_obligation(obligations));
