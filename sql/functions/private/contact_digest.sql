create function calendar_private.contact_digest(channel text, address text) returns bytea
    language sql immutable
return sha256(convert_to(case channel when 'sms' then regexp_replace(address, '[^0-9]', '', 'g') else lower(address) end, 'UTF8'));
comment on function calendar_private.contact_digest(text, text) is
    'What is stored of an address to which messages are not sent: the SHA-256 of an e-mail address in lower case, or of the digits of a telephone number';
