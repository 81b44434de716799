-- A broker's week as a picture, in local time. Takes :broker, :monday (a date).
with half_hours as (
    select b.id as broker_id, at, at at time zone b.timezone as local
      from calendar.brokers as b,
           generate_series(
               calendar_private.date_start(:'monday', b.timezone),
               calendar_private.date_start(:'monday'::date + 5, b.timezone), interval '30 minutes') as at
     where b.id = :'broker'
)
select to_char(h.local, 'HH24:MI') as "New York", to_char(h.local, 'Dy DD Mon') as day,
       case when exists (select from calendar.bookings as k
                          where k.broker_id = h.broker_id and k.status = 'confirmed'
                            and k.slot_start <= h.at and h.at < k.slot_end) then '@@@'
            when exists (select from calendar.get_busy(h.broker_id, h.at, h.at + interval '30 minutes')) then '###'
            when exists (select from calendar.get_available_slots(
                             h.broker_id, h.at, h.at + interval '30 minutes')) then ':::'
       end as mark
  from half_hours as h
 where h.local::time between '09:00' and '16:30'
 order by h.local::time, h.local
\crosstabview "New York" day mark
