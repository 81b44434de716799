-- What is refused is rolled back, and so is every row that would count it; a sequence is not.
-- There are 16 sets of 4 cells: a subject's hash names its set. Where all four belong to other
-- subjects, the one with the lowest count is forgotten: that never refuses an innocent caller.
do $$
declare
    _name text;
begin
    for _cell in 0 .. 63 loop
        _name := 'calendar_private.attempts_' || _cell;
        execute 'create unlogged sequence ' || _name || ' minvalue 0';
        execute format(
            'comment on sequence %s is %L', _name,
            'Counts attempts of one subject: 21 bits of its hash, 26 bits for the minute of its first '
            || 'attempt, 16 bits for their number. calendar_private.count_attempt alone uses it.');
    end loop;
end
$$;
