"""The steps of a mail's way through the house: each is a row, and two programs cannot write the same one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from groundrules.records import models as books
from groundrules.records.models import IncomingMail, MailFiling
from groundrules.services import audit
from groundrules.services.actor import Actor


@dataclass(frozen=True, slots=True)
class Step:
    """What is done with a mail, and why; `about` are the columns that say with what."""

    kind: str
    says: str
    about: dict[str, Any] = field(default_factory=dict)


def last_filing(mail: IncomingMail) -> MailFiling | None:
    """This function will return how a mail stands."""
    return mail.filings.select_related("client", "letter", "message").order_by("-number").first()


def write_step(mail: IncomingMail, step: Step, *, actor: Actor, at: datetime) -> MailFiling:
    """This function will write a mail's next step; what a person should see is in the audit too."""
    last = last_filing(mail)
    row = MailFiling.objects.create(
        recorded_at=at,
        recorded_by=actor.label,
        mail=mail,
        number=last.number + 1 if last else 1,
        kind=step.kind,
        says=step.says,
        **step.about,
    )
    if step.kind != MailFiling.TRYING:
        client: books.Client | None = step.about.get("client")
        says = f"{mail} {step.kind}: {step.says}" if step.says else f"{mail} {step.kind}"
        entry = audit.Entry("mail.step", str(mail), says, client)
        audit.record(entry, actor=actor, at=at)
    return row
