"""Enrolment: one line for a human, one key made here, one token spent; afterwards the host has an identity."""

from __future__ import annotations

import http
from datetime import UTC, datetime

from groundrules_collector.agent import AlreadyEnrolled, Identity, keep_identity, make_key
from groundrules_collector.client import Server, key_text, require_usable
from groundrules_collector.collect import software
from groundrules_collector.host import HostView, identity
from groundrules_collector.state import StateFolder


class EnrolmentRefused(RuntimeError):
    """The server did not take this host: the token is wrong, used or expired, or the answer cannot be read."""


def enrol(folder: StateFolder, server: Server, token: str, view: HostView) -> Identity:
    """This function will make a key and ask the server for an identity.

    Raises ServerRefused, Unreachable, AlreadyEnrolled or EnrolmentRefused; a key that was made stays for the next try.
    """
    require_usable(server.url)
    folder.prepare()
    if folder.identity.exists():
        message = f"{folder.path} belongs to an agent already; use another --state, or remove that folder first"
        raise AlreadyEnrolled(message)
    host = identity(view)
    request = {
        "token": token,
        "hostname": host.name,
        "machine_id_digest": host.machine,
        "public_key": key_text(make_key(folder)),
        "software": software(),
    }
    answer = server.enrol(request)
    agent, stream = (str(answer.told.get(name) or "") for name in ("agent", "stream"))
    if answer.status != http.HTTPStatus.CREATED or not agent or not stream:
        message = f"the server refused: {answer.words}; ask for a new token, each works once and for a while only"
        raise EnrolmentRefused(message)
    zone = str(answer.told.get("zone") or "")
    given = Identity(server.url, agent, stream, zone, datetime.now(UTC).isoformat())
    keep_identity(folder, given)
    return given
