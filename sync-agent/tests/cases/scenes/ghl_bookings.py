"""GoHighLevel: bookings."""

from fakes import js
from support import case, ghl_world, written, refused_once


@case(
    "GoHighLevel/highlevel-api-docs#246 (fields missing in answers)",
    "GHL: created, answer lost, list has no description: not created twice",
)
def p13_ghl_no_description():
    w = ghl_world()
    h = w.h
    n = [0]

    def hook(r):
        if r.method == "POST" and r.path == "/calendars/events/appointments":
            n[0] += 1
            if n[0] == 1:
                h.default(r)
                return None
        if r.method == "GET" and r.path == "/calendars/events":
            return js(
                {"events": [{k: v for k, v in e.items() if k != "description"} for e in h.events]}
            )
        return "default"

    h.hook = hook
    w.ghl()
    w.once()
    b = w.book(9)
    w.once()
    w.once()
    w.once()
    ok = len(h.events) == 1
    g = f"appointments {len(h.events)} booking {w.booking(b)} {w.state()}"
    return ok, g


@case(
    "a GHL migration script: 422 'Title must be a valid text' for titles with a line break",
    "a booking whose title has a line break reaches GHL",
)
def p14_ghl_title():
    w = ghl_world()
    h = w.h
    h.hook = lambda r: (
        js(
            {
                "statusCode": 422,
                "message": ["Title must be a valid text"],
                "error": "Unprocessable Entity",
            },
            422,
        )
        if r.method == "POST"
        and r.path == "/calendars/events/appointments"
        and "\n" in r.json()["title"]
        else "default"
    )
    w.ghl()
    w.once()
    b = w.book(9, title="Viewing\n4 Oak Lane")
    w.once()
    w.once()
    return written(w, b, len(h.events) == 1)


@case(
    "GHL: contact refused (invalid e-mail or phone, 400/422)",
    "contacts/upsert refuses the lead's phone: the booking reaches GHL with what is left, or is at least not given up",
)
def p15_ghl_contact():
    w = ghl_world()
    h = w.h
    h.hook = lambda r: (
        js({"statusCode": 400, "message": "Phone number is invalid", "error": "Bad Request"}, 400)
        if r.path == "/contacts/upsert" and "phone" in r.json()
        else "default"
    )
    w.ghl()
    w.once()
    b = w.book(9, phone="+15550000000")
    w.once()
    w.once()
    return written(w, b, len(h.events) == 1)


@case("GHL: 4xx of its own gateway (HTML) once", "GHL: one 403 HTML page on create: tried again")
def p20_ghl_403_html_once():
    w = ghl_world()
    w.ghl()
    w.once()
    return refused_once(
        w,
        lambda r: r.method == "POST" and r.path == "/calendars/events/appointments",
        (403, {"Content-Type": "text/html"}, "<html>Cloudflare</html>"),
        lambda: len(w.h.events),
    )


@case(
    "GoHighLevel/highlevel-api-docs#246 (fields missing in lists)",
    "GHL lists without description: the booking's appointment is known by its id, no conflict, cancelled cleanly",
)
def p23_ghl_lists_bare():
    w = ghl_world()
    h = w.h
    h.hook = lambda r: (
        js({"events": [{k: v for k, v in e.items() if k != "description"} for e in h.events]})
        if r.method == "GET" and r.path == "/calendars/events"
        else "default"
    )
    w.ghl()
    w.once()
    b = w.book(9)
    w.once()
    w.once()
    a = (w.booking(b)[0], w.hours())
    w.cancel(b)
    w.once()
    w.once()
    return (
        a == ("confirmed", [9]) and not h.events and w.hours() == [],
        f"{a} then {len(h.events)} {w.state()}",
    )
