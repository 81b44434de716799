"""Google's own client uses the stand-in for Google Calendar.

    python google_client.py API TOKEN_URI, with how to get in as JSON on the input
"""

import json
import sys

from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

api, token_uri = sys.argv[1:]
access = json.load(sys.stdin)
credentials = Credentials(
    # Refused at first, so that the client must refresh it.
    "ya29.expired",
    refresh_token=access["refresh_token"],
    client_id=access["client_id"],
    client_secret=access["client_secret"],
    token_uri=token_uri,
)
service = build(
    "calendar",
    "v3",
    credentials=credentials,
    static_discovery=True,
    client_options={"api_endpoint": api},
)
events = service.events()
CALENDAR = "broker@example.com"
ID = "bk0f8fad5bd9cb469fa16570867728950e"


def refused(request):
    """The status and the reason with which a request is refused."""
    try:
        request.execute()
    except HttpError as error:
        return error.resp.status, error.error_details[0]["reason"]
    raise AssertionError("not refused")


def with_etag(request, etag):
    request.headers["If-Match"] = etag
    return request


def listed(**parameters):
    """All items of a list, by id, and the token for the next."""
    request = events.list(calendarId=CALENDAR, maxResults=1, **parameters)
    items, pages = {}, 0
    while request is not None:
        answer = request.execute()
        items.update({item["id"]: item for item in answer["items"]})
        pages += 1
        token = answer.get("nextSyncToken")
        request = events.list_next(request, answer)
    assert pages >= len(items)
    return items, token


def point(time):
    return {"dateTime": time, "timeZone": "Europe/Zurich"}


calendars = service.calendarList().list(minAccessRole="reader").execute()["items"]
assert [c["id"] for c in calendars if c.get("primary")] == [CALENDAR]
assert service.calendarList().get(calendarId=CALENDAR).execute()["accessRole"] == "owner"

# A meeting, created once.
meeting = {
    "id": ID,
    "summary": "Viewing",
    "start": point("2026-12-01T09:00:00+01:00"),
    "end": point("2026-12-01T08:30:00Z"),
    "attendees": [{"email": "lead@example.com"}],
    "extendedProperties": {"private": {"key": "value"}},
    "conferenceData": {
        "createRequest": {"requestId": "1", "conferenceSolutionKey": {"type": "hangoutsMeet"}}
    },
}
insert = {"calendarId": CALENDAR, "conferenceDataVersion": 1, "sendUpdates": "all"}
made = events.insert(body=meeting, **insert).execute()
assert made["id"] == ID and made["status"] == "confirmed"
assert made["end"]["dateTime"] == "2026-12-01T09:30:00+01:00"
assert made["attendees"][0]["responseStatus"] == "needsAction"
assert made["conferenceData"]["entryPoints"][0]["entryPointType"] == "video"
assert refused(events.insert(body=meeting, **insert)) == (409, "duplicate")
assert refused(events.insert(body={**meeting, "id": "xyz-1"}, **insert))[0] == 400
assert refused(events.get(calendarId=CALENDAR, eventId="nothing")) == (404, "notFound")

# A series, with a moved and a cancelled occurrence.
series = events.insert(
    calendarId=CALENDAR,
    body={
        "summary": "Standup",
        "start": point("2026-12-07T09:00:00+01:00"),
        "end": point("2026-12-07T09:15:00+01:00"),
        "recurrence": ["RRULE:FREQ=DAILY;COUNT=5"],
    },
).execute()["id"]
moved, cancelled = f"{series}_20261208T080000Z", f"{series}_20261209T080000Z"
later = {"start": point("2026-12-08T15:00:00+01:00"), "end": point("2026-12-08T15:15:00+01:00")}
events.patch(calendarId=CALENDAR, eventId=moved, body=later).execute()
events.delete(calendarId=CALENDAR, eventId=cancelled).execute()

window = {"timeMin": "2026-11-01T00:00:00Z", "timeMax": "2027-05-01T00:00:00Z"}
items, token = listed(**window)
assert set(items) == {ID, series, moved, cancelled}
assert items[moved]["recurringEventId"] == series
assert items[moved]["originalStartTime"]["dateTime"] == "2026-12-08T09:00:00+01:00"
assert items[cancelled]["status"] == "cancelled"
outside = {"timeMin": "2026-11-01T00:00:00Z", "timeMax": "2026-12-01T08:00:00Z"}
assert listed(**outside)[0] == {}

# What has changed since.
changes, token = listed(syncToken=token)
assert changes == {}
etag = items[ID]["etag"]
change = {"calendarId": CALENDAR, "eventId": ID, "body": {"summary": "Moved", **later}}
patched = with_etag(events.patch(**change), etag).execute()
assert patched["etag"] != etag and patched["summary"] == "Moved"
assert patched["extendedProperties"] == meeting["extendedProperties"]
assert refused(with_etag(events.patch(**change), etag)) == (412, "conditionNotMet")
changes, token = listed(syncToken=token)
assert [item["summary"] for item in changes.values()] == ["Moved"]
replaced = events.update(calendarId=CALENDAR, eventId=ID, body={"summary": "Other", **later})
assert "attendees" not in replaced.execute()
assert refused(events.list(calendarId=CALENDAR, syncToken=token, **window))[0] == 400

# Deleted, and revived.
events.delete(calendarId=CALENDAR, eventId=ID, sendUpdates="all").execute()
assert refused(events.delete(calendarId=CALENDAR, eventId=ID)) == (410, "deleted")
assert events.get(calendarId=CALENDAR, eventId=ID).execute()["status"] == "cancelled"
assert refused(events.insert(body=meeting, **insert)) == (409, "duplicate")
changes, token = listed(syncToken=token)
assert set(changes) == {ID} and changes[ID]["status"] == "cancelled"
events.patch(calendarId=CALENDAR, eventId=ID, body={"status": "confirmed"}).execute()
events.delete(calendarId=CALENDAR, eventId=series).execute()
changes, token = listed(syncToken=token)
assert {id: item["status"] for id, item in changes.items()} == {
    ID: "confirmed",
    series: "cancelled",
}
