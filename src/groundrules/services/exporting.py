"""Hands a host's sessions, changes and gaps out in a schema others read, and notes in the audit that it did."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import version

from django.db import transaction

from groundrules.records.models import Asset, Attribution, Role
from groundrules.renderers.ocsf import Exported, ocsf_lines
from groundrules.services import audit
from groundrules.services.actor import Actor, require


def export_ocsf(asset: Asset, *, actor: Actor, at: datetime) -> bytes:
    """This function will return everything current about an asset as OCSF JSON lines, in time order.

    Raises NotAllowed below a technician. Attributions go along with their strength; what was superseded does not.
    """
    require(actor, Role.TECHNICIAN)
    standing = Attribution.objects.current().filter(change__asset=asset).order_by("pk")
    attributions = [row.to_core() for row in standing]
    exported = Exported(
        sessions=tuple(row.to_core() for row in asset.sessions.current().order_by("pk")),
        changes=tuple(row.to_core() for row in asset.changes.current().order_by("pk")),
        gaps=tuple(row.to_core() for row in asset.gaps.current().order_by("pk")),
        attributions={one.change: one for one in attributions},
        software=version("groundrules"),
    )
    lines = list(ocsf_lines(exported))
    says = f"{len(lines)} events about {asset.code} handed out as OCSF"
    with transaction.atomic():
        entry = audit.Entry(
            "evidence.export", asset.code, says, asset.client, {"events": len(lines)}
        )
        audit.record(entry, actor=actor, at=at)
    return b"".join(lines)
