"""A server that speaks WinRM as far as one command needs, over HTTPS on loopback, and writes down what it was told.

It is no Windows: it answers the five requests of WS-Management that a command is made of (create, command, receive,
signal, delete), reads the script it was handed, and never runs it.
"""

from __future__ import annotations

import base64
import ssl
import tempfile
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
_SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
_WORDS = f"{{{_SHELL}}}"
_DONE = f"{_SHELL}/CommandState/Done"
_ENVELOPE = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:rsp="{shell}" '
    'xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:a="{addressing}">'
    "<s:Header><a:RelatesTo>{about}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
)
MUTUAL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"


@dataclass
class WinrmHost:
    """One server: what lets in (an `Authorization` header), what it prints to which script, and what it was asked."""

    lets_in: str
    secret: bytes
    prints: dict[str, str] = field(default_factory=dict)
    port: int = 0
    offered: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    seen_elsewhere: list[str] = field(default_factory=list)

    def answer(self, envelope: bytes) -> str:
        """This function will answer one request of WS-Management."""
        root = ET.fromstring(envelope)  # noqa: S314 - our own client wrote it
        deed = (root.findtext(f".//{{{_ADDRESSING}}}Action") or "").rpartition("/")[2]
        about = root.findtext(f".//{{{_ADDRESSING}}}MessageID") or ""
        self.asked.append((deed, root.findtext(f".//{_WORDS}Command") or ""))
        body = self._body(deed, root)
        return _ENVELOPE.format(shell=_SHELL, addressing=_ADDRESSING, about=about, body=body)

    def _body(self, deed: str, root: ET.Element) -> str:
        if deed == "Create":
            return '<rsp:Shell><w:Selector Name="ShellId">SHELL-1</w:Selector></rsp:Shell>'
        if deed == "Command":
            words = (root.findtext(f".//{_WORDS}Arguments") or "").split()
            self.scripts.append(base64.b64decode(words[-1]).decode("utf-16-le"))
            self.seen_elsewhere += places_of(self.secret)
            return "<rsp:CommandResponse><rsp:CommandId>CMD-1</rsp:CommandId></rsp:CommandResponse>"
        if deed == "Receive":
            printed = next(p for sign, p in self.prints.items() if sign in self.scripts[-1])
            text = base64.b64encode(printed.encode()).decode()
            stream = f'<rsp:Stream Name="stdout" CommandId="CMD-1">{text}</rsp:Stream>'
            state = f'<rsp:CommandState CommandId="CMD-1" State="{_DONE}"><rsp:ExitCode>0</rsp:ExitCode>'
            return f"<rsp:ReceiveResponse>{stream}{state}</rsp:CommandState></rsp:ReceiveResponse>"
        return ""


def places_of(secret: bytes) -> list[str]:
    """This function will find a secret where everybody looks: command lines, environments, the files of a run."""
    programs = [*Path("/proc").glob("[0-9]*/cmdline"), *Path("/proc").glob("[0-9]*/environ")]
    laid = Path(tempfile.gettempdir()).glob("groundrules-run-*/**/*")
    return [str(place) for place in (*programs, *laid) if secret in _read(place)]


def _read(place: Path) -> bytes:
    try:
        return place.read_bytes() if place.is_file() else b""
    except OSError:
        return b""  # The program, or the run, has ended meanwhile.


def _names(connection: object) -> list[str]:
    """The names in the certificate a client showed, if it showed one."""
    shown = connection.getpeercert() if isinstance(connection, ssl.SSLSocket) else None
    subject: Any = (shown or {}).get("subject", ())
    return [str(pair[1]) for (pair,) in subject]


class _Quiet(ThreadingHTTPServer):
    """A client that does not trust us hangs up, which is no error of ours."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as the base class has it
        """Says nothing."""


def _handler(host: WinrmHost) -> type[BaseHTTPRequestHandler]:
    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            host.offered.append(self.headers.get("Authorization", ""))
            host.shown += _names(self.connection)
            if self.path != "/wsman" or host.offered[-1] != host.lets_in:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="WSMAN"')
                said = b""
            else:
                self.send_response(200)
                self.send_header("Content-Type", "application/soap+xml;charset=UTF-8")
                said = host.answer(sent).encode()
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Writes nothing: what was said is kept by the host."""

    return Answers


@contextmanager
def serving(host: WinrmHost, certificate: Path, clients: Path | None = None) -> Iterator[WinrmHost]:
    """This function will serve a host on loopback with a certificate; `clients` signed those that may show one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if clients is not None:
        context.load_verify_locations(clients)
        context.verify_mode = ssl.CERT_REQUIRED
    server = _Quiet(("127.0.0.1", 0), _handler(host))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    host.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join(20)
