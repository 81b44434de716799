"""In the end: no lease remains, the outbox empties, and both sides agree."""

import time
from datetime import timedelta

from agents import begin_round, lease_calendars, lease_pushes, pull, push
from common import NOW, T, U, checks, fault, set_clock
from provider import PROVIDER
from sessions import Session

ABOUT = """
    select b.status, b.slot_start, b.cancel_reason, b.calendar_id, b.problem,
           (select jsonb_agg(jsonb_build_array(o.operation, o.attempts, o.created_at, o.done_at, o.last_error) order by o.id)
              from calendar.outbox o where o.booking_id = b.id),
           (select jsonb_agg(m.external_event_id) from calendar.event_mappings m where m.booking_id = b.id),
           (select jsonb_agg(jsonb_build_array(e.external_event_id, e.booking_id, e.starts_at, e.status) order by e.id)
              from calendar.events e where e.booking_id = b.id)
      from calendar.bookings b where b.id = %s"""


def drain(client, world, rng):
    # Of an account that is connected again, only bookings to come are written.
    connected_at = NOW[0]
    client.execute("update calendar.accounts set status = 'active' where status in ('paused', 'disconnected')")
    set_clock(client, NOW[0] + timedelta(hours=2))
    time.sleep(0.3)
    agent = Session("history_agent").connection()
    for _ in range(6):
        round = begin_round(agent)
        for _ in range(100):
            rows = lease_calendars(agent, round, 50)
            for row in rows:
                pull(agent, row, rng, False)
            if not rows:
                break
        for _ in range(100):
            rows = lease_pushes(agent, 50)
            for row in rows:
                push(agent, row, rng, False)
            if not rows:
                break
        set_clock(client, NOW[0] + timedelta(minutes=10))
        time.sleep(0.15)
    agent.close()
    checks["outbox drains"] += 1
    left = client.execute(
        "select o.booking_id::text, o.operation, o.attempts, o.last_error, b.status, o.next_attempt_at"
        "  from calendar.outbox o join calendar.bookings b on b.id = o.booking_id where o.done_at is null"
    ).fetchall()
    if left:
        fault("outbox drains", (len(left), left[:4]))
    stuck = client.execute(
        "select s.calendar_id::text, s.problem, s.lease_id::text from calendar.sync_state s"
        "  join calendar.calendars c on c.id = s.calendar_id join calendar.accounts x on x.id = c.account_id"
        " where x.status = 'active' and (s.lease_id is not null or s.last_success_at < %s)",
        (NOW[0] - timedelta(minutes=30),),
    ).fetchall()
    checks["no sync_state sticks"] += 1
    if stuck:
        fault("no sync_state sticks", stuck[:4])
    for broker in list(world.brokers.values()):
        for calendar in broker["calendars"]:
            if client.execute("select from calendar.calendars c where id = %s", (calendar,)).fetchone() is not None:
                compare(client, calendar, connected_at)


def compare(client, calendar, connected_at):
    events = PROVIDER.calendars[calendar]["events"]
    rows = client.execute(
        "select external_event_id, starts_at, ends_at from calendar.events"
        " where calendar_id = %s and recurrence_id is null",
        (calendar,),
    ).fetchall()
    have = {(id, start.astimezone(U), end.astimezone(U)) for id, start, end in rows}
    want = {(id, T(e["start"]).astimezone(U), T(e["end"]).astimezone(U)) for id, e in events.items()}
    checks["events = the provider's"] += 1
    if have != want:
        fault("events = the provider's", (calendar, "database only", list(have - want)[:3], "provider only", list(want - have)[:3]))
    rows = client.execute(
        "select id, slot_start, slot_end from calendar.bookings"
        " where calendar_id = %s and status in ('pending', 'confirmed')",
        (calendar,),
    ).fetchall()
    live = {str(id): (start.astimezone(U), end.astimezone(U)) for id, start, end in rows}
    # The event of an appointment that took place stays.
    rows = client.execute("select id from calendar.bookings where status in ('completed', 'no_show')").fetchall()
    took_place = {str(id) for (id,) in rows}
    ours = {}
    for event in events.values():
        if event.get("booking"):
            times = T(event["start"]).astimezone(U), T(event["end"]).astimezone(U)
            ours.setdefault(event["booking"], []).append(times)
    checks["provider has each booking once"] += 1

    def about(booking):
        return client.execute(ABOUT, (booking,)).fetchone()

    for booking, times in ours.items():
        if len(times) > 1:
            fault("two events of one booking at the provider", (calendar, booking, times, about(booking)))
        if booking not in live and booking not in took_place:
            fault("an event at the provider of a booking that is over", (calendar, booking, times, about(booking)))
    for booking, times in live.items():
        if booking not in ours:
            if times[1] <= connected_at:
                continue
            fault("a booking that is not at the provider", (calendar, booking, about(booking)))
        elif max(ours[booking][0][1], times[1]) <= NOW[0]:
            continue  # What is over stays as it was.
        elif ours[booking][0] != times and not about(booking)[4]:
            # A booking whose event the user moved to where it cannot follow says so.
            fault("provider's time differs from the booking's", (calendar, booking, ours[booking], times, about(booking)))
