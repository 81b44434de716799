create function calendar_private.web_origin(url text) returns text
    language sql immutable strict
begin atomic
    select lower(p.part[1]) || '://' || lower(p.part[2])
           || case when p.part[3] = '' or (lower(p.part[1]), ltrim(p.part[3], ':0')) in (('http', '80'), ('https', '443'))
                   then '' else ':' || ltrim(p.part[3], ':0') end
      from (select regexp_match(web_origin.url,
                '^([Hh][Tt][Tt][Pp][Ss]?)://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])((?::[0-9]{1,5})?)(?:[/?#][^\s[:cntrl:]\\]*)?$')) as p (part)
     where p.part is not null and length(web_origin.url) <= 2000;
end;
comment on function calendar_private.web_origin(text) is
    'Scheme, host and port of an http or https URL, as browsers write them in Origin; null for a text that is not such a URL, or that has a user name, a blank or a backslash, which programs read in different ways';
