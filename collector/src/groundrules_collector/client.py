"""Speaks to the server: enrol, where does the stream stand, here is a batch. One connection per question.

TLS is verified always; plain HTTP is for loopback only. Nothing is decided here: answers go back as they came.
"""

from __future__ import annotations

import base64
import email.utils
import http.client
import ipaddress
import json
import ssl
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from groundrules_collector.agent import Agent
from groundrules_collector.spool import Batch
from groundrules_wire.signing import batch_text, position_text

TIMEOUT = 60.0
ANSWER_LIMIT = 1 << 16


class ServerRefused(ValueError):
    """The server's address cannot be used; the message says why."""


class Unreachable(OSError):
    """No answer came: refused, timed out, cut off, or a certificate that is not trusted."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said: status, the JSON object in the body (empty when there is none), seconds to wait if told."""

    status: int
    told: Mapping[str, object]
    retry_after: float | None = None

    @property
    def words(self) -> str:
        """The answer as a line for a human."""
        said = self.told.get("detail") or self.told.get("title") or self.told.get("code") or ""
        return f"{self.status} {said}".strip()


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server is and how it is trusted; `ca_file` names a certificate beside the system's."""

    url: str
    ca_file: str = ""

    def enrol(self, request: Mapping[str, str]) -> Answer:
        """This function will ask for an identity; raises Unreachable and ServerRefused."""
        body = json.dumps(request).encode("utf-8")
        return self._ask("POST", "/api/v1/agents/enrol", {"Content-Type": "application/json"}, body)

    def position(self, agent: Agent) -> Answer:
        """This function will ask where the stream stands; raises Unreachable."""
        text = position_text(agent.agent, agent.stream, int(time.time()) // 60)
        return self._ask("GET", "/api/v1/evidence/position", _headers(agent, text), None)

    def send(self, agent: Agent, batch: Batch, body: Path) -> Answer:
        """This function will hand a batch over, streamed from its file; raises Unreachable, or OSError for the file."""
        text = batch_text(agent.agent, agent.stream, batch.sequence, batch.previous, batch.digest)
        headers = {
            **_headers(agent, text),
            "Groundrules-Sequence": str(batch.sequence),
            "Groundrules-Previous": batch.previous,
            "Content-Type": "application/octet-stream",
            "Content-Length": str(batch.length),
        }
        return self._ask("POST", "/api/v1/evidence", headers, body)

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | Path | None
    ) -> Answer:
        base = urlsplit(self.url).path.rstrip("/")
        try:
            with closing(self._connection()) as connection:
                _send(connection, method, base + path, headers, body)
                return _answer(connection.getresponse())
        except (OSError, http.client.HTTPException) as error:
            message = f"{self.url}: {str(error) or type(error).__name__}"
            raise Unreachable(message) from error

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        require_usable(self.url)
        if parts.scheme == "http":
            return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT)
        trusted = ssl.create_default_context(cafile=self.ca_file or None)
        return http.client.HTTPSConnection(
            parts.hostname or "", parts.port, timeout=TIMEOUT, context=trusted
        )


def require_usable(url: str) -> None:
    """This function will refuse an address that is no https URL (or http to loopback); raises ServerRefused."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and parts.hostname and _is_loopback(parts.hostname):
        return
    message = f"{url!r} cannot be used: evidence travels by https:// (plain http:// to this host itself only)"
    raise ServerRefused(message)


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _headers(agent: Agent, text: bytes) -> dict[str, str]:
    return {
        "Groundrules-Agent": agent.agent,
        "Groundrules-Stream": agent.stream,
        "Groundrules-Signature": agent.signature(text),
    }


def _send(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes | Path | None,
) -> None:
    try:
        if isinstance(body, Path):
            with body.open("rb") as file:
                connection.request(method, path, body=file, headers=dict(headers))
        else:
            connection.request(method, path, body=body, headers=dict(headers))
    except (BrokenPipeError, ConnectionResetError):
        # A server that refuses a body may answer before it has read it: the answer is worth more than the error.
        if connection.sock is None:
            raise


def _answer(response: http.client.HTTPResponse) -> Answer:
    raw = response.read(ANSWER_LIMIT)
    try:
        told = json.loads(raw)
    except ValueError:
        told = {}
    after = _seconds(response.headers.get("Retry-After", ""))
    return Answer(response.status, told if isinstance(told, dict) else {}, after)


def _seconds(text: str) -> float | None:
    """Reads Retry-After: seconds, or a date."""
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError):
        return None


def key_text(public: bytes) -> str:
    """This function will write a public key as enrolment wants it."""
    return base64.b64encode(public).decode("ascii")
