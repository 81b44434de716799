"""Which changes of a booking's state are allowed, and what they give (section 4 of the contract)."""

from collections import defaultdict
from datetime import datetime, timedelta, timezone

from common import M, T, checks, fault, refusals

# The twins, which answer instead of raising, and what they change.
TWINS = {
    "try_confirm": "confirm_booking",
    "try_cancel": "cancel_booking",
    "try_reschedule": "reschedule_booking",
    "try_decline": "decline_booking",
    "try_complete": "complete_booking",
    "try_no_show": "mark_no_show",
}
GIVES = {
    "confirm_booking": "confirmed",
    "cancel_booking": "cancelled",
    "decline_booking": "cancelled",
    "complete_booking": "completed",
    "mark_no_show": "no_show",
}
CHANGES = [*GIVES, "reschedule_booking"]
# Why a twin may say no (`reason`).
REASONS = {
    "booking_not_found", "wrong_state", "invalid", "not_allowed", "lead_busy",
    "taken", "outside_hours", "off_grid", "past", "notice", "horizon", "daily_limit", "disabled", "not_synced",
}


def change_of(action):
    return TWINS.get(action, action)


def is_forbidden(change, row, now):
    """Whether the state of a booking forbids a change of it."""
    status = row["status"]
    lapsed = status == "held" and T(row["hold_expires_at"]) <= now
    if change == "confirm_booking":
        # A lapsed hold is one, whether or not its time was given away.
        return status not in ("held", "pending", "confirmed") and row["cancel_reason"] != "hold_expired"
    if change == "cancel_booking":
        return status not in ("held", "pending", "confirmed", "cancelled")
    if change == "decline_booking":
        return status != "pending" and row["declined_at"] is None
    if change == "reschedule_booking":
        return status not in ("held", "pending", "confirmed") or lapsed
    return status not in ("confirmed", "completed", "no_show") or T(row["slot_start"]) > now


def check_change(query, old, new, now):
    """One change of a booking by one of the functions, which stands in the query."""
    change = next((change_of(name) for name in (*CHANGES, *TWINS) if f".{name}(" in query), None)
    # A lapsed hold makes room for what is confirmed or moved.
    if change is None or old is None or new["cancel_reason"] == "hold_expired":
        return
    checks["the state allows the change"] += 1
    if is_forbidden(change, old, now):
        fault("the state allows the change", (query, now, old, new))
    if change in GIVES and new["status"] != GIVES[change]:
        fault("the change gives its state", (query, old, new))
    if change == "decline_booking" and new["declined_at"] is None:
        fault("declining sets declined_at", (query, new))


def check_answer(action, role, arguments, row):
    """What a caller was told of a booking that it has changed."""
    change = change_of(action)
    if change not in CHANGES:
        return
    checks["the answer has the new state"] += 1
    if role == "anon":
        fault("a visitor changes a booking", (action, row))
    if change in GIVES and row["status"] != GIVES[change]:
        fault("the answer has the new state", (action, arguments, row))
    if change == "reschedule_booking" and T(row["slot_start"]) != arguments["slot_start"]:
        fault("the answer has the new time", (action, arguments, row))


def check_refusals(rows):
    """Where a caller was told `wrong_state`, the booking was in one, at some moment of the call."""
    versions = defaultdict(list)
    for row in rows:
        if row[1] == "bookings" and row[11]:
            versions[row[11]["id"]].append((row[12], row[11]))
    for action, id, began, ended, now in refusals:
        known = versions.get(str(id), [])
        checks["a refused change was forbidden"] += 1
        # A commit is seen a moment after its time, and so is a new present.
        since, until = began - timedelta(seconds=0.5), ended + timedelta(seconds=0.1)
        seen = [
            row
            for n, (committed, row) in enumerate(known)
            if committed < until and (n + 1 == len(known) or known[n + 1][0] > since)
        ]
        of_now = (now - M(5), now + M(5))
        if not any(is_forbidden(change_of(action), row, at) for row in seen for at in of_now):
            fault("a refused change was forbidden", (action, id, began, ended, now, seen))


def present():
    return datetime.now(timezone.utc)
