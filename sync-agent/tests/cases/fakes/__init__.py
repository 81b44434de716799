"""Providers that answer as a case has them answer.

Each behaves well by itself. A case replaces single answers by a hook: a function of the
request that gives an answer, or "default" for the usual one.
"""

from .dav import Dav, Home, vcal, vevent
from .ghl import Ghl
from .google import Google
from .graph import Graph
from .server import Request, Server, js
from .web import Web
