"""A request to a server of data, and where redirects may lead."""

import http.client
import ipaddress
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import (
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    Request,
    build_opener,
)

PATIENCE = 60.0  # seconds without a byte
REDIRECTS = 5
LATER = {408, 425, 429, 500, 502, 503, 504}


class Later(Exception):
    """Worth another try at the same place."""

    def __init__(self, cause: str, after: float = 0) -> None:
        super().__init__(cause)
        self.after = after


class Changed(Later):
    """What is there already fits nothing there any more."""


class Never(Exception):
    """Another try there would be the same: the next mirror."""

    def __init__(self, cause: str, outside: bool = False) -> None:
        super().__init__(cause)
        self.outside = outside


def host_of(url: str) -> str:
    return urlsplit(url).netloc


def is_global(address: str) -> bool:
    found = ipaddress.ip_address(address.split("%")[0])
    return (getattr(found, "ipv4_mapped", None) or found).is_global


def is_private(host: str) -> bool:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        return False
    return any(not is_global(str(row[4][0])) for row in found)


@contextmanager
def patience(cut: Callable[[], None]) -> Iterator[None]:
    """The time limit of a socket begins anew with each byte; this one does not."""
    timer = threading.Timer(PATIENCE, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def cut(sock: socket.socket) -> None:
    with suppress(OSError):
        # Not that of TLS: it would take from the reader what it reads with.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


class Patient:
    """An answer whose head has no end is cut off."""

    sock: Any

    def getresponse(self) -> Any:
        sock = self.sock
        with patience(lambda: cut(sock)):
            response = super().getresponse()  # type: ignore[misc]
        response.cut = lambda: cut(sock)
        return response


class PatientHTTP(Patient, http.client.HTTPConnection):
    pass


class PatientHTTPS(Patient, http.client.HTTPSConnection):
    pass


class PublicOnly(Patient):
    """Asks where it has come to, not what a name said before. A proxy looks for itself."""

    _tunnel_host: str | None

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        if self._tunnel_host is None and not is_global(self.sock.getpeername()[0]):
            self.sock.close()
            raise Never("it leads to an address inside the cluster or its network")


class PublicHTTP(PublicOnly, http.client.HTTPConnection):
    pass


class PublicHTTPS(PublicOnly, http.client.HTTPSConnection):
    pass


class Http(HTTPHandler):
    connection: type[http.client.HTTPConnection] = PatientHTTP

    def http_open(self, req: Request) -> Any:
        return self.do_open(self.connection, req)


class Https(HTTPSHandler):
    connection: type[http.client.HTTPConnection] = PatientHTTPS

    def https_open(self, req: Request) -> Any:
        return self.do_open(self.connection, req)


class HttpOutside(Http):
    connection = PublicHTTP


class HttpsOutside(Https):
    connection = PublicHTTPS


class NoRedirect(HTTPRedirectHandler):
    def http_error_302(self, *_: Any) -> None:
        return None

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


ANYWHERE = build_opener(NoRedirect, Http, Https)
PUBLIC = build_opener(NoRedirect, HttpOutside, HttpsOutside)


def next_address(first: str, url: str, location: str | None) -> str:
    target = ""
    try:
        target = urljoin(url, location or "")
        parts = urlsplit(target)
        good = parts.hostname and "@" not in parts.netloc and re.fullmatch(r"[!-~]+", target)
    except ValueError:
        good, parts = None, urlsplit("")
    if not location or not good or parts.scheme not in ("https", urlsplit(first).scheme):
        raise Never("it is led to an address that is no https")
    return target


def retry_after(value: str | None) -> float:
    if not value:
        return 0
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return 0


def ask(first: str, headers: dict[str, str]) -> Any:
    url, inside = first, None
    for _ in range(REDIRECTS + 1):
        try:
            opener = ANYWHERE if url == first or inside else PUBLIC
            return opener.open(Request(url, headers=headers), timeout=PATIENCE)
        except HTTPError as error:
            error.close()
            if error.code in (301, 302, 303, 307, 308):
                url = next_address(first, url, error.headers.get("Location"))
                if inside is None:
                    inside = is_private(urlsplit(first).hostname or "")
            elif error.code == 416:
                raise Changed("the file is shorter now") from None
            elif error.code in LATER:
                raise Later(
                    f"it answers {error.code}", retry_after(error.headers.get("Retry-After"))
                ) from None
            else:
                raise Never(f"it answers {error.code}") from None
        except URLError as error:
            raise Later(f"it cannot be reached ({error.reason})") from None
        except (OSError, http.client.HTTPException) as error:
            raise Later(f"the connection fails ({type(error).__name__})") from None
        except (ValueError, OverflowError):  # a name or a port that none can have
            raise Never("it is led to an address that nothing can have") from None
    raise Never("it leads in a circle")


def read(response: Any, most: int) -> bytes:
    try:
        # Pieces have heads and an end of their own, which may have none.
        with patience(response.cut) if response.chunked else nullcontext():
            return response.read1(most)
    except (OSError, http.client.HTTPException) as error:
        raise Later(f"the connection fails ({type(error).__name__})") from None
