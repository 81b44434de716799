create function calendar_private.owns_broker(broker_id uuid) returns boolean
    language sql stable parallel restricted
begin atomic
    select exists (
        select from calendar.brokers as b
         where b.id = owns_broker.broker_id
           and b.user_id = calendar_private.jwt_subject()
    );
end;
comment on function calendar_private.owns_broker(uuid) is
    'Whether the broker is the user that the request''s token names; for row security policies';
