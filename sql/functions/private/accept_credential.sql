create function calendar_private.accept_credential(account_id uuid) returns void
    language sql volatile
begin atomic
    update calendar.accounts as a
       set refusals = 0, refused_at = null, problem = null,
           status = case a.status when 'needs_reconnect' then 'active' else a.status end
     -- Another session that changes the account may wait for what this one holds. The next success does it.
     where a.id = (select l.id from calendar.accounts as l
                    where l.id = accept_credential.account_id and (l.refusals > 0 or l.status = 'needs_reconnect')
                      for no key update skip locked);
end;
comment on function calendar_private.accept_credential(uuid) is
    'Records that the provider has accepted an account''s credential: it was refused for a while only';
