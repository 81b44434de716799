"""What stands around n8n in the test: its database, PostgREST, a mail server, and a bad network."""

import base64
import email
import email.policy
import hashlib
import hmac
import json
import os
import queue
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

from aiosmtpd.controller import Controller

# A hold of a minute, and the minute between two looks of n8n for waits that are over, and a bit.
TIMEOUT = 150
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def free_port():
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_until(what, condition):
    """Waits until a condition gives something, and returns that."""
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"waited in vain for {what}")


class Response:
    """An answer over HTTP, also one that tells of an error."""

    def __init__(self, status, body, headers=None):
        self.status, self.body, self.headers = status, body, headers

    def json(self):
        return json.loads(self.body)


def fetch(url, data=None, headers=None):
    """GET, or POST where there is data."""
    # The buttons in a mail do nothing for what n8n takes for a bot.
    headers = {"User-Agent": BROWSER, **(headers or {})}
    request = urllib.request.Request(url, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return Response(answer.status, answer.read().decode(), answer.headers)
    except urllib.error.HTTPError as error:
        return Response(error.code, error.read().decode())
    except (urllib.error.URLError, ConnectionError) as error:
        return Response(0, str(error))


class Server:
    """A child process that ends with the block."""

    def __init__(self, command, log, **options):
        self.log = log
        with open(log, "w") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output, **options)

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        self.process.terminate()
        try:
            self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if failure:
            with open(self.log) as log:
                print(f"The end of {self.log}:\n", *log.readlines()[-30:], sep="", file=sys.stderr)

    def wait_for(self, url):
        """Waits until the server answers a GET of the url."""

        def answers():
            if self.process.poll() is not None:
                raise AssertionError(f"it ended: {self.process.args}")
            return fetch(url).status == 200

        wait_until(f"an answer of {url}", answers)


class Sql:
    """A database, by psql."""

    def __init__(self, psql, url):
        self.psql, self.url = psql, url

    def run(self, statement):
        """Runs a statement and gives the text that it returns."""
        return subprocess.run(
            [self.psql, "--no-psqlrc", "--quiet", "--tuples-only", "--no-align",
             "--set=ON_ERROR_STOP=1", f"--dbname={self.url}", f"--command={statement}"],
            check=True, capture_output=True, text=True).stdout.strip()

    def rows(self, query):
        """The rows of a query, as dictionaries."""
        return json.loads(self.run(f"select coalesce(json_agg(q), '[]') from ({query}) as q"))


def service_token(secret):
    """A JWT of the role service_role."""
    def part(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    signed = part(b'{"alg":"HS256","typ":"JWT"}') + "." + part(b'{"role":"service_role"}')
    return signed + "." + part(hmac.digest(secret.encode(), signed.encode(), hashlib.sha256))


def postgrest(program, url, secret, log):
    """A PostgREST in front of a database, and its origin."""
    port = free_port()
    server = Server([program], log, env={
        "PGRST_DB_URI": url,
        # Not the only schema, so that a request that does not name it fails.
        "PGRST_DB_SCHEMAS": "public,calendar",
        "PGRST_DB_ANON_ROLE": "anon",
        "PGRST_JWT_SECRET": secret,
        "PGRST_SERVER_HOST": "127.0.0.1",
        "PGRST_SERVER_PORT": str(port),
    })
    return server, f"http://127.0.0.1:{port}"


class MailServer:
    """An SMTP server that keeps what it is given."""

    def __init__(self):
        self.port = free_port()
        self.messages = queue.Queue()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()

    async def handle_DATA(self, _server, _session, envelope):
        self.messages.put(
            email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    def next(self):
        """The oldest message that was not looked at, its text in `.text`."""
        message = self.messages.get(timeout=TIMEOUT)
        message.text = message.get_body().get_content().replace("\r\n", "\n")
        return message

    def none_left(self):
        """Fails where a message was not looked at."""
        assert self.messages.empty(), self.messages.get().as_string()


def links(message):
    """The addresses in an HTML message, by the text that leads there."""
    found = re.findall(r'<a[^>]*href="([^"]+)"[^>]*>\s*([^<]*?)\s*</a>', message.text)
    return {text: address.replace("&amp;", "&") for address, text in found}


class BadNetwork:
    """A way to a server on which, once asked to, an answer is lost: the server does what a request
    says, and the connection ends before its answer arrives."""

    def __init__(self, port):
        self.server_port = port
        self.word, self.left = None, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def lose_answers_to(self, word, times):
        """So many of the next requests in which the word stands stay without an answer."""
        self.word, self.left = word.encode(), times

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.server_port))
            doomed = threading.Event()
            for source, target, forth in ((client, server, True), (server, client, False)):
                threading.Thread(
                    target=self._pass_on, args=(source, target, forth, doomed), daemon=True).start()

    def _pass_on(self, source, target, forth, doomed):
        try:
            while data := source.recv(65536):
                if forth and self.left and self.word in data:
                    self.left -= 1
                    doomed.set()
                elif not forth and doomed.is_set():
                    break
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def environment(**more):
    """The environment of this process without what would reach n8n by accident."""
    return {"PATH": os.environ["PATH"], **more}
