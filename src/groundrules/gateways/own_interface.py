"""Two ways to our own interface: within this process, or over the network to a server elsewhere."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

_BELOW = "/api/v1/"
_SECONDS = 60
_LONGEST = 20_000_000

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class InterfaceAway(OSError):
    """The interface cannot be reached."""


@dataclass(frozen=True, slots=True)
class InProcess:
    """Asks the WSGI application of this installation; `host` is one it answers to, `scheme` how people reach it."""

    application: Application
    token: str = field(repr=False)
    host: str = "127.0.0.1"
    scheme: str = "http"
    address: str = ""

    def ask(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """This function will return the status and the body of an answer."""
        place, _, query = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            # WSGI's own way: the bytes of the address, each as one character.
            "PATH_INFO": unquote(_BELOW + place, "latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": self.host,
            "SERVER_PORT": "443" if self.scheme == "https" else "80",
            "HTTP_HOST": self.host,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": self.address,
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_AUTHORIZATION": f"Bearer {self.token}",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": self.scheme,
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        for name, value in headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        return _answered(self.application, environ)


def _answered(application: Application, environ: dict[str, Any]) -> tuple[int, bytes]:
    said: list[int] = []

    def start(status: str, _headers: object, _problem: object = None) -> None:
        said.append(int(status.split(" ", 1)[0]))

    answer = application(environ, start)
    try:
        content = b"".join(answer)
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()
    return said[-1], content


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_named: object) -> None:
        """This function will follow nothing: a token goes to the address it was meant for."""


@dataclass(frozen=True, slots=True)
class OverNetwork:
    """Asks a server elsewhere, by its address."""

    url: str
    token: str = field(repr=False)

    def ask(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """This function will return the status and the body of an answer; raises InterfaceAway."""
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            message = f"{self.url!r} is no address; write https://..."
            raise InterfaceAway(message)
        request = Request(  # noqa: S310 - checked above
            f"{self.url.rstrip('/')}{_BELOW}{path}",
            data=body or None,
            method=method,
            headers={**headers, "Authorization": f"Bearer {self.token}"},
        )
        try:
            with build_opener(_NoRedirects).open(request, timeout=_SECONDS) as answer:
                return answer.status, answer.read(_LONGEST)
        except HTTPError as refused:
            return refused.code, refused.read(_LONGEST)
        except (OSError, HTTPException) as error:
            message = f"{self.url} cannot be reached ({error}); is it being served?"
            raise InterfaceAway(message) from error
