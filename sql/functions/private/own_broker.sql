create function calendar_private.own_broker() returns uuid
    language sql stable parallel restricted
begin atomic
    select b.id from calendar.brokers as b where b.user_id = calendar_private.jwt_subject();
end;
comment on function calendar_private.own_broker() is
    'The broker who is the user that the request''s token names. Row security policies ask for it once a query, in a subquery, so that they can use an index.';
