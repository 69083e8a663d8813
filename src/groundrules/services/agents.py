"""Agents: a token lets a collector enrol once, its key proves every batch, and revoking the key ends its trust.

A token is shown when it is made and never again; only its digest is kept. Enrolling twice with the same token and key
is one enrolment, because the first answer may have been lost on the way.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction

from groundrules.core.ids import AssetId
from groundrules.records.models import Agent, AgentKey, Asset, EnrolmentToken, Role
from groundrules.services import audit
from groundrules.services.actor import Actor, require

_TOKEN_BYTES = 32
_CODE_BYTES = 6
_SHORT_TEXT = 255
_DIGEST = re.compile(r"(?:[0-9a-f]{64})?")


class EnrolmentRefused(ValueError):
    """The token is unknown, was used by another collector, or has expired."""


class EnrolmentMalformed(ValueError):
    """What the collector said about itself is not what enrolling needs."""


class UnknownAgent(LookupError):
    """No agent has this code."""


class AgentAlreadyRevoked(ValueError):
    """The agent's key is revoked already."""


class RevocationUnexplained(ValueError):
    """A key is revoked for a reason, and the reason is missing."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a collector says when it enrols; `public_key` is 32 bytes, `machine_digest` hex or empty."""

    token: str
    hostname: str
    machine_digest: str
    public_key: bytes
    software: str


@dataclass(frozen=True, slots=True)
class Terms:
    """For how long a token is good, and the longest time between two batches of its collector when all is well."""

    valid_for: timedelta = timedelta(hours=24)
    heartbeat: timedelta = timedelta(minutes=5)


def make_token(asset: Asset, *, actor: Actor, at: datetime, terms: Terms = Terms()) -> str:
    """This function will make a token for one asset and return it; it cannot be shown again."""
    require(actor, Role.TECHNICIAN)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with transaction.atomic():
        EnrolmentToken.objects.create(
            asset=asset,
            digest=_digest_of(token),
            heartbeat_seconds=int(terms.heartbeat.total_seconds()),
            made_at=at,
            made_by=actor.label,
            expires_at=at + terms.valid_for,
        )
        until = (at + terms.valid_for).isoformat(timespec="minutes")
        says = f"a collector may enrol for {asset.code} until {until}"
        audit.record(
            audit.Entry("agents.make_token", asset.code, says, asset.client), actor=actor, at=at
        )
    return token


def enrol(enrolment: Enrolment, *, at: datetime) -> Agent:
    """This function will make an agent of a collector that holds a good token.

    Raises EnrolmentMalformed or EnrolmentRefused; then nothing was written.
    """
    _check(enrolment)
    with transaction.atomic():
        found = EnrolmentToken.objects.select_for_update(of=("self",)).select_related(
            "asset__client"
        )
        token = found.filter(digest=_digest_of(enrolment.token)).first()
        if token is None:
            message = (
                "the enrolment token is not one of ours; make one with groundrules agent token"
            )
            raise EnrolmentRefused(message)
        if token.used_at is not None:
            return _enrolled_before(token, enrolment)
        if token.expires_at <= at:
            message = "the enrolment token has expired; make a new one with groundrules agent token"
            raise EnrolmentRefused(message)
        return _enrol(token, enrolment, at)


def revoke(code: str, *, reason: str, actor: Actor, at: datetime) -> AgentKey:
    """This function will end the trust in an agent's key; what it sent before stays evidence.

    Raises UnknownAgent, RevocationUnexplained or AgentAlreadyRevoked.
    """
    require(actor, Role.TECHNICIAN)
    if not reason.strip():
        message = (
            f"{code} cannot be revoked without a reason; it stands in the books beside the key"
        )
        raise RevocationUnexplained(message)
    with transaction.atomic():
        agent = Agent.objects.select_for_update().filter(code=code).first()
        if agent is None:
            message = f"no agent is called {code!r}; groundrules agent list shows them"
            raise UnknownAgent(message)
        standing = AgentKey.objects.standing().get(agent=agent)
        if standing.revoked:
            message = f"{code} was revoked at {standing.recorded_at.isoformat()}: {standing.reason}"
            raise AgentAlreadyRevoked(message)
        row = _key_row(agent, standing.public_key, actor, at, standing, reason.strip())
        says = f"{code} of {agent.asset.code} revoked: {reason.strip()}"
        entry = audit.Entry("agents.revoke", code, says, agent.asset.client)
        audit.record(entry, actor=actor, at=at)
    return row


def label_of(agent: Agent) -> str:
    """This function will return how an agent signs what it caused in the books."""
    return f"agent {agent.code}"


def asset_id(agent: Agent) -> AssetId:
    """This function will return the asset an agent sends about."""
    return AssetId(agent.asset.code)


def _check(enrolment: Enrolment) -> None:
    if not enrolment.hostname or len(enrolment.hostname) > _SHORT_TEXT:
        message = "hostname must be a text of 1 to 255 characters"
        raise EnrolmentMalformed(message)
    if len(enrolment.software) > _SHORT_TEXT:
        message = "software must be a text of at most 255 characters"
        raise EnrolmentMalformed(message)
    if not _DIGEST.fullmatch(enrolment.machine_digest):
        message = "machine_id_digest must be a SHA-256 in lower-case hexadecimal, or empty"
        raise EnrolmentMalformed(message)
    try:
        Ed25519PublicKey.from_public_bytes(enrolment.public_key)
    except ValueError as error:
        message = "public_key must be the 32 bytes of an Ed25519 public key, in base64"
        raise EnrolmentMalformed(message) from error


def _enrolled_before(token: EnrolmentToken, enrolment: Enrolment) -> Agent:
    """The same collector asking again gets the same answer; anybody else learns that the token is spent."""
    agent = Agent.objects.select_related("asset__client").get(token=token)
    key = AgentKey.objects.standing().get(agent=agent)
    if key.revoked or key.public_key != _text_of(enrolment.public_key):
        message = (
            "the enrolment token was used already; make a new one with groundrules agent token"
        )
        raise EnrolmentRefused(message)
    return agent


def _enrol(token: EnrolmentToken, enrolment: Enrolment, at: datetime) -> Agent:
    code = f"agent-{secrets.token_hex(_CODE_BYTES)}"
    agent = Agent.objects.create(
        asset=token.asset,
        token=token,
        code=code,
        stream=f"stream-{secrets.token_hex(_CODE_BYTES)}",
        hostname=enrolment.hostname,
        machine_digest=enrolment.machine_digest,
        software=enrolment.software,
        heartbeat_seconds=token.heartbeat_seconds,
        enrolled_at=at,
    )
    token.used_at = at
    token.save(update_fields=["used_at"])
    actor = Actor(label_of(agent), Role.TECHNICIAN)
    _key_row(agent, _text_of(enrolment.public_key), actor, at)
    says = f"{enrolment.hostname} enrolled as {code} for {token.asset.code}, by the token of {token.made_by}"
    entry = audit.Entry("agents.enrol", code, says, token.asset.client)
    audit.record(entry, actor=actor, at=at)
    return agent


def _key_row(
    agent: Agent,
    public_key: str,
    actor: Actor,
    at: datetime,
    revokes: AgentKey | None = None,
    reason: str = "",
) -> AgentKey:
    return AgentKey.objects.create(
        recorded_at=at,
        recorded_by=actor.label,
        agent=agent,
        public_key=public_key,
        revoked=revokes is not None,
        reason=reason,
        supersedes=revokes,
    )


def _text_of(public_key: bytes) -> str:
    return b64encode(public_key).decode("ascii")


def _digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
