create function calendar_private.jwt_subject() returns uuid
    language c stable parallel restricted
    as 'MODULE_PATHNAME', 'calendar_jwt_subject_wrapper';
comment on function calendar_private.jwt_subject() is
    'The "sub" of request.jwt.claims where the session''s role is a member of authenticated, else null';
