"""A mail server with faults: aiosmtpd, and Python's email and icalendar as readers.

Usage: smtp.py [--tls CERTIFICATE KEY] [--implicit] [--auth USER PASSWORD]

Prints its port, then a JSON object for each message that it has taken in. The name before the @
of a recipient decides what happens: `later` 451, `gone` 550 5.1.1, `policy` 550 5.7.1, `spam` 554
after the data, `slow` an answer after 2 seconds, `dropped` the connection closed after the data,
the first time for each Message-ID. Ends with its standard input.
"""

import argparse
import asyncio
import json
import ssl
import sys
from email import message_from_bytes, policy

import icalendar
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

REFUSED = {
    "later": "451 4.3.0 Try again later",
    "gone": "550 5.1.1 The mailbox <gone@example.com> does not exist",
    "policy": "550 5.7.1 Not allowed",
}


def tree(part):
    """The structure of a message: types, and below them those of its parts."""
    kind = part.get_content_type()
    return [kind, *map(tree, part.iter_parts())] if part.is_multipart() else kind


def described(data):
    message = message_from_bytes(data, policy=policy.default)
    found = {
        "tree": tree(message),
        "headers": {name.lower(): str(value) for name, value in message.items()},
        "defects": [type(d).__name__ for part in message.walk() for d in part.defects],
        "raw": data.decode("latin-1"),
    }
    for part in message.walk():
        kind = part.get_content_type()
        if kind in ("text/plain", "text/html"):
            found.setdefault(kind, part.get_content())
        elif kind == "text/calendar":
            calendar = icalendar.Calendar.from_ical(part.get_payload(decode=True))
            event = calendar.walk("VEVENT")[0]
            found["calendar"] = {
                "parameter": part["content-type"].params.get("method"),
                "method": str(calendar["METHOD"]),
                "uid": str(event["UID"]),
                "sequence": int(event["SEQUENCE"]),
                "organizer": str(event["ORGANIZER"]),
                "attendee": str(event["ATTENDEE"]),
                "summary": str(event["SUMMARY"]),
                "ics": part.get_payload(decode=True).decode(),
            }
        elif kind == "application/ics":
            found["attachment"] = part.get_filename()
    return found


class Handler:
    def __init__(self):
        self.dropped = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name in REFUSED:
            return REFUSED[name]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        names = {address.split("@")[0] for address in envelope.rcpt_tos}
        if "spam" in names:
            return "554 5.7.1 Looks like spam"
        if "slow" in names:
            await asyncio.sleep(2)
        found = described(envelope.content)
        found["to"] = envelope.rcpt_tos
        found["from"] = envelope.mail_from
        found["tls"] = session.ssl is not None or isinstance(server.transport.get_extra_info("ssl_object"), ssl.SSLObject)
        found["user"] = session.auth_data.login.decode() if session.auth_data else None
        print(json.dumps(found), flush=True)
        message_id = found["headers"].get("message-id")
        if "dropped" in names and message_id not in self.dropped:
            self.dropped.add(message_id)
            server.transport.abort()
        return "250 2.0.0 Taken in as 1"


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tls", nargs=2)
    parser.add_argument("--implicit", action="store_true")
    parser.add_argument("--auth", nargs=2)
    arguments = parser.parse_args()
    context = None
    if arguments.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*arguments.tls)
    options = {}
    if arguments.auth:
        user, password = (text.encode() for text in arguments.auth)

        def authenticator(server, session, envelope, mechanism, data):
            right = isinstance(data, LoginPassword) and (data.login, data.password) == (user, password)
            return AuthResult(success=right, handled=False, auth_data=data)

        options = {"auth_required": True, "authenticator": authenticator, "auth_require_tls": not arguments.implicit}
    if context and not arguments.implicit:
        options.update(require_starttls=True, tls_context=context)
    handler = Handler()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="mail.test", enable_SMTPUTF8=True, loop=loop, **options),
        host="127.0.0.1",
        port=0,
        ssl=context if arguments.implicit else None,
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
