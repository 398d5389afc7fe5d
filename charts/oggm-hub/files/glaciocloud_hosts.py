"""Further host names of a hub: whoever asks the hub under one of them is sent to its address.

The way back from GitHub leads to the address, and cookies belong to one host name: a login that began
under another could not end. The proxy leads to running servers without asking the hub; one that
does not know the browser sends it to the hub, which sends it on.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from jupyterhub.app import JupyterHub
from tornado import routing, web

AUTHORIZE = "/api/oauth2/authorize"
BACK = "/oauth_callback"
# What stands in a path as it is; the rest is written by its number, because some of it is no header.
PLAIN = "/%:@!$&'()*+,;=~"


class Further(routing.Matcher):
    """Requests under one of the further names, as the platform's file has them just now."""

    def __init__(self, pages: Callable[[], dict[str, Any]]) -> None:
        self.pages = pages

    def match(self, request: Any) -> dict[str, Any] | None:
        name = request.host_name.lower().removesuffix(".")
        return {} if name in self.pages().get("hosts", []) else None


class ToAddress(web.RequestHandler):
    def initialize(self, pages: Callable[[], dict[str, Any]]) -> None:
        self.pages = pages

    def check_xsrf_cookie(self) -> None:
        """Nothing is done here."""

    def prepare(self) -> None:
        address = self.pages()["url"]
        begun = server_of(self.request.uri or "")
        # A method and what it sends stay with 308; a login of a server begins anew, at its own page.
        self.redirect(
            address + (begun or path_of(self.request.uri or "")), status=302 if begun else 308
        )


def path_of(uri: str) -> str:
    return uri if uri.startswith("/") else "/"


def server_of(uri: str) -> str | None:
    """The page of the server for which somebody was about to log in: what it remembers of them lies in a
    cookie of the other name.
    """
    try:
        parts = urlsplit(path_of(uri))
        back = urlsplit(parse_qs(parts.query).get("redirect_uri", [""])[0]).path
    except ValueError:  # no address; the hub itself says so
        return None
    if not parts.path.endswith(AUTHORIZE) or not back.startswith("/") or not back.endswith(BACK):
        return None
    return quote(back.removesuffix(BACK), safe=PLAIN) + "/"


def send_on(pages: Callable[[], dict[str, Any]]) -> None:
    """Before all handlers of the hub; JupyterHub's own setting for more of them puts a prefix before each."""
    make = JupyterHub.init_tornado_application

    def with_hosts(app: Any) -> None:
        make(app)
        rule = routing.Rule(Further(pages), ToAddress, {"pages": pages})
        app.tornado_application.default_router.rules.insert(0, rule)

    JupyterHub.init_tornado_application = with_hosts
