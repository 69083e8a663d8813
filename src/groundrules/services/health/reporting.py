"""Looks that another program took: filed beside our own, under the program's name."""

from __future__ import annotations

from datetime import datetime

from groundrules.core.evidence import HealthCheck
from groundrules.core.ids import ApplicationId, HealthCheckId
from groundrules.core.periods import utc
from groundrules.records import models as books
from groundrules.records.models import Application, Role
from groundrules.services.actor import Actor, require
from groundrules.services.filing import Filing, enter
from groundrules.services.shelf import short_digest


class LookInFuture(ValueError):
    """A look was reported before it could have been taken."""


def report_look(
    application: Application,
    *,
    healthy: bool,
    seen_at: datetime,
    signature: str,
    actor: Actor,
    at: datetime,
) -> books.HealthCheck:
    """This function will file what another program saw of an application; the same again is the same row.

    Raises LookInFuture, and NotAllowed below a technician.
    """
    require(actor, Role.TECHNICIAN)
    if utc(seen_at) > utc(at):
        message = f"{seen_at.isoformat()} is still to come; report what was seen"
        raise LookInFuture(message)
    about = (
        f"{application.client.code}|{application.code}|{actor.signature}|{utc(seen_at).isoformat()}"
    )
    check = HealthCheck(
        HealthCheckId(f"CHK-{short_digest(about)}"),
        ApplicationId(application.code),
        utc(seen_at),
        healthy,
        signature,
    )
    says = f"{application.code} was {'well' if healthy else 'unwell'}, {actor.signature} reports"
    filing = Filing(application.client, actor, at)
    row: books.HealthCheck = enter(check, "health.report", says, filing).row
    return row
