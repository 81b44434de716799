create function calendar_private.accept_credential(account_id uuid) returns void
    language sql volatile
begin atomic
    update calendar.accounts as a
       set refusals = 0, refused_at = null, problem = null,
           status = case a.status when 'needs_reconnect' then 'active' else a.status end
     where a.id = accept_credential.account_id and (a.refusals > 0 or a.status = 'needs_reconnect');
end;
comment on function calendar_private.accept_credential(uuid) is
    'Records that the provider has accepted an account''s credential: it was refused for a while only';
