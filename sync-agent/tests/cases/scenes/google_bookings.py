"""Google: bookings."""

from support import case, google_world, written, booked_while, moved_while


@case(
    "MShekow/outlook-google-calendar-sync#6, alextselegidis/easyappointments PR#1466, googleapis/google-api-php-client#1605",
    "Google: 400 'Invalid attendee email.': the booking is written without the guest",
)
def p07_google_invalid_attendee():
    w = google_world()
    gg = w.g
    gg.hook = lambda r: (
        gg.err(400, "invalid", message="Invalid attendee email.")
        if r.method == "POST" and "attendees" in r.text
        else "default"
    )
    w.google()
    w.once()
    b = w.book(9, email="jo.smith@example.invalid")
    w.once()
    w.once()
    return written(w, b, len(gg.events) == 1)


@case(
    "yuhong90/node-google-calendar#35, benjcunningham/googlecalendar#4",
    "insert refused 403 quotaExceeded (usageLimits): waits, then written once; booking stays",
)
def p10_insert_quota():
    w = google_world()
    gg = w.g
    n = [0]

    def hook(r):
        if r.method == "POST" and r.path.endswith("/events"):
            n[0] += 1
            if n[0] <= 2:
                return gg.err(
                    403, "quotaExceeded", "usageLimits", "Calendar usage limits exceeded."
                )
        return "default"

    gg.hook = hook
    w.google()
    w.once()
    b = w.book(9)
    w.once()
    w.once()
    w.once()
    st = w.booking(b)
    return (
        st[0] == "confirmed" and len(gg.events) == 1,
        f"{st} events {len(gg.events)} posts {n[0]} {w.outbox()[-1:]}",
    )


@case(
    "lost answers: gsuitedevs / retried POSTs duplicate",
    "Google: insert done, answer lost (connection cut): one event",
)
def p11_google_lost():
    w = google_world()
    gg = w.g
    n = [0]

    def hook(r):
        if r.method == "POST" and r.path.endswith("/events"):
            n[0] += 1
            if n[0] == 1:
                gg.default(r)
                return None
        return "default"

    gg.hook = hook
    w.google()
    w.once()
    b = w.book(9)
    w.once()
    w.once()
    ok = len(gg.events) == 1 and w.booking(b)[0] == "confirmed" and w.hours() == [9]
    g = f"{len(gg.events)} {w.booking(b)} {w.state()}"
    return ok, g


@case(
    "calcom outages: 403 accessNotConfigured while a project is being set up",
    "Google: a booking is made while events.list is answered 403 accessNotConfigured: written once that is over",
)
def p29_google_booked_while_403():
    w = google_world()
    w.google()
    w.once()
    return booked_while(
        w,
        lambda r: r.method == "GET" and r.path.endswith("/events"),
        lambda r: w.g.err(403, "accessNotConfigured", "usageLimits", "Access Not Configured"),
        lambda: len(w.g.events),
    )


@case(
    "googleapis/google-api-php-client#1391 ('404 sudden'); calendar shared anew",
    "Google: a booking is moved while the calendar is 404 notFound: not taken for deleted by the broker",
)
def p41_google_moved_while_404():
    w = google_world()
    w.google()
    w.once()
    return moved_while(
        w,
        lambda r: "/calendars/" in r.path,
        w.g.err(404, "notFound", message="Not Found"),
        lambda: len(w.g.events),
    )
