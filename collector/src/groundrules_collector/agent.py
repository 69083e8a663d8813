"""Who this collector is to its server: the identity it was given at enrolment and the key it signs with."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from groundrules_collector.gather import write_whole
from groundrules_collector.state import StateFolder
from groundrules_wire.ed25519 import KEY_BYTES, public_key, sign


class NotEnrolled(RuntimeError):
    """This host has no identity yet; run `groundrules-collector enrol` with the server's address and a token."""


class AlreadyEnrolled(RuntimeError):
    """This state folder already belongs to an agent; a second enrolment would begin a second stream."""


@dataclass(frozen=True, slots=True)
class Agent:
    """An enrolled agent: the server it sends to, its name and stream there, the zone the server knows, and its key."""

    server: str
    agent: str
    stream: str
    zone: str
    secret: bytes

    def signature(self, text: bytes) -> str:
        """This function will sign a text and write the signature as base64."""
        return base64.b64encode(sign(self.secret, text)).decode("ascii")


@dataclass(frozen=True, slots=True)
class Identity:
    """What the server answered at enrolment, as it is kept."""

    server: str
    agent: str
    stream: str
    zone: str
    enrolled_at: str


def load_agent(folder: StateFolder) -> Agent:
    """This function will read the agent's identity and key; raises NotEnrolled."""
    try:
        told = Identity(**json.loads(folder.identity.read_text("utf-8")))
        secret = bytes.fromhex(folder.key.read_text("ascii"))
    except FileNotFoundError as error:
        message = f"{folder.path} belongs to no agent; run groundrules-collector enrol --server URL --token TOKEN"
        raise NotEnrolled(message) from error
    return Agent(told.server, told.agent, told.stream, told.zone, secret)


def make_key(folder: StateFolder) -> bytes:
    """This function will make the agent's key, for its owner only, or return the one that is there; the public half."""
    if folder.key.exists():
        return public_key(bytes.fromhex(folder.key.read_text("ascii")))
    secret = os.urandom(KEY_BYTES)
    write_whole(folder.key, [secret.hex().encode("ascii")])
    return public_key(secret)


def keep_identity(folder: StateFolder, identity: Identity) -> Path:
    """This function will write down who the agent is, durably."""
    write_whole(folder.identity, [json.dumps(asdict(identity), indent=1).encode("utf-8")])
    return folder.identity
