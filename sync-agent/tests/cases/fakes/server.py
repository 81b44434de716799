"""A server on 127.0.0.1 whose answers are a function's."""

import json
import socket
import threading
import traceback
from urllib.parse import parse_qs, urlsplit


def js(value, status=200, **headers):
    """An answer in JSON."""
    return status, {"Content-Type": "application/json", **headers}, json.dumps(value)


class Request:
    """What was asked, taken apart."""

    def __init__(self, method, target, headers, body):
        self.method, self.target, self.headers, self.body = method, target, headers, body
        url = urlsplit(target)
        self.path = url.path
        self.query = self._fields(url.query)
        self.text = body.decode("utf-8", "replace")
        self.form = self._fields(self.text)

    @staticmethod
    def _fields(text):
        return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}

    def __repr__(self):
        return f"{self.method} {self.target}"

    def json(self):
        return json.loads(self.body)


class Hooked:
    """A fake whose answers a case can replace."""

    hook = None

    def __call__(self, request):
        if self.hook:
            answer = self.hook(request)
            if answer != "default":
                return answer
        return self.default(request)


class Server:
    """Serves what `handler` gives for a request.

    That is (status, headers, body), or the bytes of a whole answer, or None to cut the
    connection.
    """

    def __init__(self, handler):
        self.handler, self.log, self.lock = handler, [], threading.Lock()
        # Whether the connection ends after each answer, without a word of it.
        self.closing_silently = False
        self.failed = False
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        stream = connection.makefile("rb")
        try:
            while (request := self._read(stream)) and self._answer(connection, request):
                pass
        except (OSError, ValueError):
            pass
        finally:
            try:
                stream.close()
                connection.shutdown(socket.SHUT_RDWR)
                connection.close()
            except OSError:
                pass

    def _read(self, stream):
        line = stream.readline()
        if not line:
            return None
        method, target, _ = line.decode("latin-1").split(" ", 2)
        headers = {}
        while header := stream.readline().strip():
            name, value = header.decode("latin-1").split(":", 1)
            headers[name.strip().lower()] = value.strip()
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(stream.readline().strip(), 16):
                body += stream.read(size)
                stream.readline()
            stream.readline()
        else:
            body = stream.read(int(headers.get("content-length", 0)))
        return Request(method, target, headers, body)

    def _answer(self, connection, request):
        """Answers; whether the connection stays."""
        with self.lock:
            self.log.append(request)
        try:
            answer = self.handler(request)
        except Exception:
            traceback.print_exc()
            self.failed = True
            answer = (599, {}, "the case is wrong")
        if answer is None:
            return False
        if isinstance(answer, bytes):
            connection.sendall(answer)
            return False
        status, headers, body = answer
        body = body.encode() if isinstance(body, str) else body
        head = f"HTTP/1.1 {status} X\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items())
        if "Transfer-Encoding" not in headers and status not in (204, 304):
            head += f"Content-Length: {len(body)}\r\n"
        connection.sendall(head.encode("latin-1") + b"\r\n" + body)
        return not self.closing_silently and headers.get("Connection") != "close"

    def asked(self, method=None, part=""):
        """The requests with this method and with this in their target or body."""
        with self.lock:
            return [
                request
                for request in self.log
                if method in (None, request.method)
                and (part in request.target or part in request.text)
            ]

    def clear(self):
        with self.lock:
            self.log.clear()

    def stop(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()
