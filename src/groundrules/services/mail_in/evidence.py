"""A mail's bytes as evidence of the client it is about, with their leaf in that client's log."""

from __future__ import annotations

from datetime import datetime

from groundrules.records.models import Asset, Client, IncomingMail, RawEvidence
from groundrules.services import seal
from groundrules.services.actor import Actor

FORMAT = "mail"


def keep_evidence(
    mail: IncomingMail, client: Client, asset: Asset | None, *, actor: Actor, at: datetime
) -> RawEvidence:
    """This function will give a mail's bytes their leaf in the client's log; a second time it returns the first."""
    key = {"client": client, "asset": asset, "digest": mail.digest, "format": FORMAT}
    known = RawEvidence.objects.filter(**key).first()
    if known is not None:
        return known
    row = RawEvidence.objects.create(
        recorded_at=at,
        recorded_by=actor.label,
        length=mail.length,
        name=f"{mail}.eml",
        source=mail.mailbox,
        collected_at=mail.received_at,
        **key,
    )
    seal.append((row,), seal.UNCHAINED, actor=actor, at=at)
    return row
