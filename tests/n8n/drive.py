"""Runs every workflow of n8n/ in a real n8n, as a person would use it, and looks at what came of it:
the rows, the mails, the pages. Started by scripts/test-n8n.

Usage: drive.py NODE N8N POSTGREST PSQL DATABASE_URL DIRECTORY
"""

import html
import json
import pathlib
import re
import signal
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from urllib.parse import urlsplit

from peers import (BadNetwork, MailServer, Server, Sql, environment, fetch, free_port, links,
                   postgrest, service_token, wait_until)

WORKFLOWS = pathlib.Path(__file__).parents[2] / "n8n"
SECRET = "a secret that is used in tests and nowhere else"
HOOK_HEADER = {"X-Webhook-Key": "the callers' key"}
# Neither the broker's zone nor UTC: what a workflow leaves to the machine's zone goes wrong here.
ELSEWHERE = "Pacific/Auckland"


class N8n:
    """A private n8n."""

    def __init__(self, node, program, database, directory):
        self.command = [node, program]
        self.directory = directory
        self.database = database
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        target = urlsplit(database.url)
        self.environment = environment(
            HOME=str(directory), TZ=ELSEWHERE, GENERIC_TIMEZONE=ELSEWHERE,
            N8N_USER_FOLDER=str(directory), N8N_ENCRYPTION_KEY="of no use elsewhere",
            N8N_LISTEN_ADDRESS="127.0.0.1", N8N_PORT=str(self.port), N8N_SECURE_COOKIE="false",
            N8N_RUNNERS_BROKER_PORT=str(free_port()), WEBHOOK_URL=self.origin + "/",
            DB_TYPE="postgresdb", DB_POSTGRESDB_HOST=target.hostname,
            DB_POSTGRESDB_PORT=str(target.port), DB_POSTGRESDB_USER=target.username,
            DB_POSTGRESDB_DATABASE=target.path.lstrip("/"),
            N8N_DIAGNOSTICS_ENABLED="false", N8N_VERSION_NOTIFICATIONS_ENABLED="false",
            N8N_TEMPLATES_ENABLED="false", N8N_PERSONALIZATION_ENABLED="false",
            N8N_HIRING_BANNER_ENABLED="false", N8N_DIAGNOSTICS_CONFIG_FRONTEND="",
            N8N_DIAGNOSTICS_CONFIG_BACKEND="", EXTERNAL_FRONTEND_HOOKS_URLS="")

    def run(self, *arguments):
        """Runs a command of n8n's to its end."""
        done = subprocess.run(
            [*self.command, *arguments], env=self.environment, cwd=self.directory,
            capture_output=True, text=True)
        assert done.returncode == 0, f"n8n {' '.join(arguments)}:\n{done.stdout}{done.stderr}"

    def import_all(self, kind, *documents):
        """Imports documents, each from a file as a person has it."""
        folder = self.directory / kind
        folder.mkdir()
        for number, document in enumerate(documents):
            (folder / f"{number}.json").write_text(json.dumps(document))
        self.run(f"import:{kind}", "--separate", f"--input={folder}")

    def workflow_id(self, name):
        return self.database.run(f"select id from workflow_entity where name = '{name}'")

    def start(self):
        """The server, which ends with the block."""
        return Server([*self.command, "start"], self.directory / "n8n.log",
                      env=self.environment, cwd=self.directory)

    def post(self, path, **body):
        """What the editor sends; it signs in first."""
        return fetch(f"{self.origin}/rest/{path}", json.dumps(body).encode(),
                     {"Content-Type": "application/json", "Cookie": self.cookie})

    def sign_in(self):
        """Makes the owner of this n8n."""
        self.cookie = ""
        answer = self.post("owner/setup", email="owner@example.com", firstName="Olga",
                           lastName="Owner", password="Of no use elsewhere 1")
        assert answer.status == 200, answer.body
        self.cookie = answer.headers["Set-Cookie"].split(";")[0]

    def executions(self, workflow):
        """The executions of a workflow, oldest first."""
        return self.database.rows(
            "select e.id, e.status from execution_entity as e join workflow_entity as w"
            f" on w.id = e.\"workflowId\" where w.name = '{workflow}' order by e.id")

    def retry_last(self, workflow):
        """Retries the last execution of a workflow from where it failed; gives the new one's id."""
        execution = self.executions(workflow)[-1]
        assert execution["status"] == "error", execution
        answer = self.post(f"executions/{execution['id']}/retry", loadWorkflow=False)
        assert answer.status == 200, answer.body
        return self.executions(workflow)[-1]["id"]

    def all_done(self, workflow, failed=0):
        """Waits until no execution of a workflow goes on; so many may have failed."""
        def statuses():
            return [execution["status"] for execution in self.executions(workflow)]

        wait_until(f"the end of {workflow}",
                   lambda: not {"new", "running", "waiting"} & set(statuses()))
        ended = Counter(statuses())
        assert ended["error"] == failed and set(ended) <= {"success", "error"}, (workflow, ended)


class Test:
    """What the steps of the test share."""

    def __init__(self, n8n, database, mail):
        self.n8n, self.database, self.mail = n8n, database, mail

    def broker(self):
        """A broker in New York with Monday to Friday 09:00 to 17:00, and a meeting type of an hour."""
        broker = self.database.run(
            "insert into calendar.brokers (name, timezone, minimum_notice_minutes)"
            " values ('Ada', 'America/New_York', 60) returning id")
        self.database.run(
            "insert into calendar.meeting_types (broker_id, slug, name, durations)"
            f" values ('{broker}', 'viewing', 'Viewing', '{{60}}')")
        self.database.run(
            "insert into calendar.calendars (broker_id, timezone, is_primary)"
            f" values ('{broker}', 'America/New_York', true)")
        return broker

    def bookings(self, broker):
        return self.database.rows(
            "select lead_name, lead_email, status, cancel_reason, slot_start at time zone 'UTC' as utc"
            f" from calendar.bookings where broker_id = '{broker}' order by created_at, slot_start, id")

    def book(self, broker, instant):
        """Somebody else is faster."""
        self.database.run(
            f"select calendar.book_calendar_slot('{broker}', '{instant}', lead_name => 'Faster')")


def find_slots(test, flow):
    """Run by hand, as the schedule would; then with nothing free."""
    identity = test.n8n.workflow_id(flow.name)
    test.n8n.run("execute", "--id", identity)
    mail = test.mail.next()
    assert (mail["to"], mail["from"]) == ("me@example.com", "calendar@example.org"), mail
    assert mail["subject"] == "Free times", mail["subject"]
    # The first at the clock's notice, in the zone of the settings, at most three.
    times = re.findall("^- (.*)$", mail.text, re.MULTILINE)
    assert times == [f"Monday, March 2, {hour}:00 {half} EST"
                     for hour, half in ((9, "AM"), (10, "AM"), (11, "AM"))], mail.text

    test.database.run(
        f"update calendar.brokers set booking_enabled = false where id = '{flow.broker}'")
    test.n8n.run("execute", "--id", identity)
    mail = test.mail.next()
    assert mail["subject"] == "No free times", mail["subject"]
    assert "Nothing is free" in mail.text, mail.text
    test.mail.none_left()


def submit(url, *values):
    """Sends a form of n8n's as its page does."""
    boundary = "----formdata"
    parts = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="field-{number}"\r\n\r\n{value}\r\n'
        for number, value in enumerate(values))
    return fetch(url, f"{parts}--{boundary}--\r\n".encode(),
                 {"Content-Type": f"multipart/form-data; boundary={boundary}"})


class Visitor:
    """Somebody who fills in the form."""

    def __init__(self, test, flow):
        self.form = f"{test.n8n.origin}/form/book-appointment-{flow.kind}"

    def first_page(self, *values):
        assert "Book an appointment" in fetch(self.form).body
        self.page = submit(self.form, *values).json()["formWaitingUrl"]

    def shown(self, expected):
        """The next page, which shows a text."""
        # Like n8n's own page: the next one is not answered for before it is there.
        wait_until("the next page", lambda: fetch(
            f"{self.page}/n8n-execution-status").body in ("form-waiting", "success"))
        page = html.unescape(fetch(self.page).body)
        assert expected in page, f"no {expected!r} in {page}"
        return page

    def ending(self, expected):
        """The last page, which tells n8n that it was shown."""
        page = self.shown(expected)
        assert fetch(self.page, b"").status == 200
        return page

    def offered(self):
        page = self.shown("Which time suits you?")
        return re.findall(r"<option value='([^']+)'", page.replace('"', "'"))


def book_from_form(test, flow):
    """Booked once though answers are lost; refused; a day without free times."""
    name, label = 'Jo "Z" O\'Neil, Zürich', "Tuesday, March 3, 9:00 AM EST"
    visitor = Visitor(test, flow)
    visitor.first_page(name, flow.address("jo"), "", "2026-03-03")
    offered = visitor.offered()
    assert len(offered) == 8 and offered[0] == label, offered
    flow.network.lose_answers_to("try_book", 1)
    submit(visitor.page, label)
    page = visitor.ending("You are booked")
    assert label in page, page
    assert flow.network.left == 0, "no answer was lost"
    booked = {"lead_name": name, "lead_email": flow.address("jo"), "status": "confirmed",
              "cancel_reason": None, "utc": "2026-03-03T14:00:00"}
    assert test.bookings(flow.broker) == [booked], test.bookings(flow.broker)

    late = Visitor(test, flow)
    late.first_page("Late", flow.address("late"), "+15550100", "2026-03-03")
    assert label not in late.offered()
    test.book(flow.broker, "2026-03-03T15:00:00Z")
    submit(late.page, "Tuesday, March 3, 10:00 AM EST")
    page = late.ending("That time is not available any more")
    assert "11" in page and "sorry" in page, page
    assert [b["lead_name"] for b in test.bookings(flow.broker)] == [name, "Faster"]

    sunday = Visitor(test, flow)
    sunday.first_page("Sunday", flow.address("sunday"), "", "2026-03-08")
    sunday.ending("Nothing is free on that day")

    # Every try stays without an answer, and n8n gives up; a person retries the execution.
    unlucky = Visitor(test, flow)
    unlucky.first_page("Unlucky", flow.address("unlucky"), "", "2026-03-04")
    unlucky.offered()
    flow.network.lose_answers_to("try_book", 3)
    submit(unlucky.page, "Wednesday, March 4, 9:00 AM EST")
    wait_until("the failure", lambda: test.n8n.executions(flow.name)[-1]["status"] == "error")
    # Not the lead's name is to find the booking, but the key.
    test.database.run("update calendar.bookings set lead_email = null"
                      f" where broker_id = '{flow.broker}' and lead_name = 'Unlucky'")
    unlucky.page = f"{test.n8n.origin}/form-waiting/{test.n8n.retry_last(flow.name)}"
    unlucky.ending("You are booked")
    assert [b["lead_name"] for b in test.bookings(flow.broker)] == [name, "Faster", "Unlucky"]
    test.n8n.all_done(flow.name, failed=1)


def hold_confirm_cancel(test, flow):
    """Confirmed, refused, declined, confirmed too late, asked again, not answered, a stranger."""
    hook = f"{test.n8n.origin}/webhook/hold-appointment-{flow.kind}"

    answers = set()

    def request(name, start, headers=HOOK_HEADER):
        body = {"name": name, "email": flow.address(name.lower()), "slot_start": start}
        answer = fetch(hook, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
        if headers:
            answers.add((answer.status, shape(answer.json())))
        return answer

    def status(name):
        return [(b["status"], b["cancel_reason"])
                for b in test.bookings(flow.broker) if b["lead_name"] == name]

    def question():
        """The mail to the lead, once n8n waits for the answer."""
        mail = test.mail.next()
        wait_until("the wait", lambda: test.n8n.executions(flow.name)[-1]["status"] == "waiting")
        return mail

    # Held once though the answer is lost, then confirmed by the button in the mail.
    function = {"http": "book_calendar_slot", "postgres": "try_book"}[flow.kind]
    flow.network.lose_answers_to(function, 1)
    answer = request("Ann", "2026-03-03T09:00:00-05:00")
    assert answer.status == 200 and answer.json()["held"], answer.body
    assert flow.network.left == 0, "no answer was lost"
    assert status("Ann") == [("held", None)], status("Ann")
    mail = question()
    assert mail["to"] == flow.address("ann") and "Tuesday, March 3, 9:00 AM EST" in mail.text, mail
    buttons = links(mail)
    assert fetch(buttons["Confirm"].replace("signature=", "signature=0")).status == 401
    assert fetch(buttons["Confirm"]).status == 200
    mail = test.mail.next()
    assert mail["subject"] == "Your appointment is confirmed", mail["subject"]
    assert status("Ann") == [("confirmed", None)], status("Ann")

    # The same slot for somebody else: an answer with what else is free, no mail, no booking.
    answer = request("Ben", "2026-03-03T14:00:00Z")
    assert answer.status == 409, answer.body
    refusal = answer.json()
    assert refusal["held"] is False and refusal["reason"] == "taken", refusal
    assert len(refusal["alternatives"]) == 3, refusal
    assert status("Ben") == []

    # Declined.
    assert request("Cy", "2026-03-03T15:00:00Z").status == 200
    assert fetch(links(question())["Decline"]).status == 200
    wait_until("the cancellation", lambda: status("Cy") == [("cancelled", "declined by the lead")])

    # Confirmed when the hold has lapsed and somebody else has the slot.
    assert request("Di", "2026-03-03T16:00:00Z").status == 200
    buttons = links(question())
    test.database.run("update calendar.bookings set hold_expires_at = '2026-03-02T12:59:00Z'"
                      f" where broker_id = '{flow.broker}' and lead_name = 'Di'")
    test.book(flow.broker, "2026-03-03T16:00:00Z")
    assert fetch(buttons["Confirm"]).status == 200
    mail = test.mail.next()
    assert mail["subject"] == "Your appointment could not be confirmed", mail["subject"]
    assert status("Di")[0][0] != "confirmed" and status("Faster") == [("confirmed", None)]

    # What can never succeed is not answered as a failure that may pass.
    for start in ["tomorrow at 3", "2026-03-03T14:00:00", ""]:
        answer = request("Eve", start)
        assert answer.status == 400 and answer.json()["reason"] == "bad_request", answer.body
    assert status("Eve") == []

    # Every try stays without an answer, the caller is told so, and calls again.
    flow.network.lose_answers_to(function, 3)
    assert request("Gus", "2026-03-03T20:00:00Z").status == 503
    assert request("Gus", "2026-03-03T20:00:00Z").status == 200
    assert status("Gus") == [("held", None)], status("Gus")
    assert fetch(links(question())["Confirm"]).status == 200
    assert test.mail.next()["subject"] == "Your appointment is confirmed"
    assert status("Gus") == [("confirmed", None)], status("Gus")

    # No answer: n8n looks once a minute for those whose time is over.
    assert request("Eve", "2026-03-03T18:00:00Z").status == 200
    question()
    wait_until("the time to pass", lambda: status("Eve") == [("cancelled", "not confirmed in time")])

    assert request("Fay", "2026-03-03T19:00:00Z", {}).status == 403
    assert status("Fay") == []
    test.n8n.all_done(flow.name, failed=1)
    test.mail.none_left()
    assert answers == documented_answers(), f"n8n/README.md shows other answers: {answers}"


def documented_answers():
    """What n8n/README.md shows as the answers of the workflow: status and shape."""
    block = re.search(r"```console\n\$ curl .*?```", (WORKFLOWS / "README.md").read_text(), re.S)[0]
    lines = re.findall(r"^(\{.*\})\s+# (\d{3})", block, re.M)
    return {(int(status), shape(json.loads(text.replace(",…", "")))) for text, status in lines}


def shape(value, key=None):
    """A JSON value without what differs from call to call."""
    if isinstance(value, dict):
        return tuple(sorted((name, shape(member, name)) for name, member in value.items()))
    if isinstance(value, list):
        return tuple({shape(member) for member in value})
    return value if key in ("held", "reason") else type(value).__name__


STEPS = {"find-slots": find_slots, "book-from-form": book_from_form,
         "hold-confirm-cancel": hold_confirm_cancel}


class Workflow:
    """A workflow as it is shipped, and with the values that a person sets."""

    def __init__(self, path, broker, network, values):
        self.file = path.stem
        self.broker, self.network = broker, network
        step, self.kind = path.stem.rsplit("-", 1)
        self.step = STEPS[step]
        self.document = json.loads(path.read_text())
        self.name = self.document["name"]
        settings, = (node for node in self.document["nodes"] if node["name"] == "Settings")
        for assignment in settings["parameters"]["assignments"]["assignments"]:
            value = {**values, "broker_id": broker}.get(assignment["name"])
            if value is not None:
                assignment["value"] = value

    def address(self, who):
        """Somebody's e-mail address; nobody can be with two brokers at once."""
        return f"{who}@{self.kind}.example.net"


def credentials(mail, network, url):
    """What a person enters; workflows find them by their names."""
    target = urlsplit(url)
    return (
        {"id": "database", "name": "Calendar database", "type": "postgres", "data": {
            "host": "127.0.0.1", "port": network["postgres"].port, "user": "n8n", "password": "",
            "database": target.path.lstrip("/"), "ssl": "disable", "sshTunnel": False}},
        {"id": "api", "name": "Calendar API", "type": "supabaseApi", "data": {
            "host": "https://example.supabase.co", "serviceRole": service_token(SECRET)}},
        {"id": "smtp", "name": "SMTP account", "type": "smtp", "data": {
            "host": "127.0.0.1", "port": mail.port, "secure": False, "disableStartTls": True}},
        {"id": "callers", "name": "Callers of the webhook", "type": "httpHeaderAuth", "data": dict(
            zip(("name", "value"), *HOOK_HEADER.items()))},
    )


def main(node, program, postgrest_program, psql, url, directory):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    directory = pathlib.Path(directory)
    database = Sql(psql, url)
    base, name = url.rsplit("/", 1)
    with ExitStack() as stack:
        mail = stack.enter_context(MailServer())
        server, origin = postgrest(
            postgrest_program, f"{base.replace('//postgres@', '//authenticator@')}/{name}", SECRET,
            directory / "postgrest.log")
        stack.enter_context(server).wait_for(origin)
        network = {
            kind: stack.enter_context(BadNetwork(urlsplit(target).port))
            for kind, target in (("http", origin), ("postgres", url))}

        n8n = N8n(node, program, Sql(psql, f"{base}/n8n"), directory)
        test = Test(n8n, database, mail)
        workflows = [
            Workflow(path, test.broker(), network[path.stem.rsplit("-", 1)[1]], {
                "api_url": f"http://127.0.0.1:{network['http'].port}",
                "mail_from": "calendar@example.org", "mail_to": "me@example.com",
                "max_slots": 3, "hold_minutes": 1, "meeting_type": "viewing"})
            for path in sorted(WORKFLOWS.glob("*.json"))]

        n8n.import_all("credentials", *credentials(mail, network, url))
        n8n.import_all("workflow", *(flow.document for flow in workflows))
        for flow in workflows:
            if flow.step is find_slots:
                flow.step(test, flow)
                print(f"{flow.file}: ok", flush=True)
            else:
                n8n.run("publish:workflow", f"--id={n8n.workflow_id(flow.name)}")
        served = [flow for flow in workflows if flow.step is not find_slots]
        server = stack.enter_context(n8n.start())
        # It answers before it listens for the workflows' own forms and webhooks.
        wait_until("n8n", lambda: "Editor is now accessible" in pathlib.Path(server.log).read_text())
        n8n.sign_in()
        for flow in served:
            flow.step(test, flow)
            print(f"{flow.file}: ok", flush=True)
    print(f"n8n: ok, {len(workflows)} workflows")


if __name__ == "__main__":
    main(*sys.argv[1:])
