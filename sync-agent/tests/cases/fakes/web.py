"""A web server with one file: a feed."""

from .server import Hooked


class Web(Hooked):
    def __init__(self, body, **headers):
        self.body, self.headers = body, headers

    def default(self, _request):
        return 200, {"Content-Type": "text/calendar", **self.headers}, self.body
