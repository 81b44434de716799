-- From a calendar to a booking. Takes :ics, an iCalendar stream.
\set QUIET on
\set ON_ERROR_STOP on
\pset footer off
set client_min_messages = warning;

\qecho
\qecho '== create extension calendar_ext cascade;'
create extension calendar_ext cascade;
-- The demonstration is the same on every day: it is Monday, eight o'clock in New York.
set calendar.now = '2026-03-02T13:00:00Z';
set timezone = 'America/New_York';

\qecho '== A broker who works from 9:00 to 17:00, Thursdays until 16:00, with a calendar.'
insert into calendar.brokers (name, email, timezone, minimum_notice_minutes)
values ('Ada Brooks', 'ada@example.com', 'America/New_York', 60)
returning id as broker \gset
insert into calendar.working_hours (broker_id, weekday, start_local, end_local)
select :'broker', weekday, '09:00', case when weekday = 4 then time '16:00' else '17:00' end
  from generate_series(1, 5) as weekday;
insert into calendar.calendars (broker_id, timezone, display_name, is_primary)
values (:'broker', 'America/New_York', 'Work', true)
returning id as calendar \gset

\qecho
\qecho '== select calendar.import_ics(calendar_id, ics);   -- demo/calendar.ics'
select calendar.import_ics(:'calendar', :'ics');

\qecho '== This week.  ::: can be booked   ### busy   @@@ booked here   blank: closed'
\qecho
\set monday 2026-03-02
\ir week.sql
\qecho
\qecho 'Wednesday: the stand-up was moved to the afternoon. Thursday: it is cancelled, and a training'
\qecho 'was declined. Friday: a day off.'
\qecho
\qecho '== Next week: clocks change on Sunday in New York, not yet in London, so Tuesday''s meeting with'
\qecho '== the London office is an hour later.'
\qecho
\set monday 2026-03-09
\ir week.sql

\qecho
\qecho '== select * from calendar.get_available_slots(broker_id, preferred_days => ''{2,4}'','
\qecho '==     preferred_period => ''afternoon'', max_slots => 3);'
select * from calendar.get_available_slots(
    :'broker', preferred_days => '{2,4}', preferred_period => 'afternoon', max_slots => 3);

\qecho '== select * from calendar.book_calendar_slot(broker_id, ''2026-03-03 13:00'', lead_name => …);'
select id as booking, status, slot_start, slot_end
  from calendar.book_calendar_slot(
           :'broker', '2026-03-03 13:00', lead_name => 'Jo Smith', lead_email => 'jo@example.org',
           title => 'Viewing, 4 Oak Lane', created_by => 'website') \gset
select :'booking' as id, :'status' as status, :'slot_start' as slot_start, :'slot_end' as slot_end;

\qecho '== The same slot for another lead is refused (PT409, HTTP 409), with the nearest free ones:'
\set ON_ERROR_STOP off
\set SHOW_CONTEXT never
select calendar.book_calendar_slot(:'broker', '2026-03-03 13:00', lead_name => 'Lee Jones');
\set ON_ERROR_STOP on
\qecho '== and the support desk sees why:'
select jsonb_pretty(calendar.explain_slot(:'broker', '2026-03-03 13:00', '2026-03-03 13:30')) as explain_slot;

\set monday 2026-03-02
\ir week.sql

\qecho
\qecho '== select calendar.booking_ics(booking_id);   -- the invitation for the lead'
\pset format unaligned
\pset tuples_only on
select replace(calendar.booking_ics(:'booking'), E'\r', '');
