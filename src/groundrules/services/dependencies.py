"""The dependency map: taken from an observation, stated or withdrawn by people; each with an audit entry.

An edge is as well known as its best source: an observation outweighs a declaration and is never lowered by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from groundrules.core.parties import DependencyGrade
from groundrules.readers.needs import Need, NotANeedsReport, read_report
from groundrules.records.models import Application, Client, Dependency, RawEvidence, Role
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.evidence import Handed, receive

__all__ = [
    "ApplicationUnknown",
    "EdgeUnknown",
    "NotANeedsReport",
    "ReasonMissing",
    "Taken",
    "observe",
    "state",
    "withdraw",
]
_OBSERVED = DependencyGrade.OBSERVED.value


class ApplicationUnknown(LookupError):
    """No application is called so, or several clients have one."""


class EdgeUnknown(LookupError):
    """The map has no such edge."""


class ReasonMissing(ValueError):
    """A person's edit of the map needs a reason, and two names that differ."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of an observation: the file kept as evidence, and its edges: new, known better, as they were."""

    evidence: RawEvidence
    new: int
    better: int
    same: int


def application_called(code: str, client: str = "") -> Application:
    """This function will find the one application a code means; raises ApplicationUnknown."""
    rows = Application.objects.filter(code=code).select_related("client", "asset")
    found = list(rows.filter(client__code=client) if client else rows)
    if len(found) == 1:
        return found[0]
    problem = "several clients have one; add --client" if found else "there is no such application"
    message = f"{code}: {problem}"
    raise ApplicationUnknown(message)


def observe(raw: bytes, *, client: str = "", actor: Actor, at: datetime) -> Taken:
    """This function will keep a collector's report as evidence and draw its edges into the map.

    Raises NotANeedsReport or ApplicationUnknown before anything is written, or what `evidence.receive` raises.
    """
    require(actor, Role.TECHNICIAN)
    found = read_report(raw)
    application = application_called(found.application, client)
    asset = application.asset
    handed = Handed(raw, f"needs-{application.code}.json", "needs", asset.code, asset.client.code)
    with transaction.atomic():
        kept = receive(handed, actor=actor, at=at).evidence
        seen = f"{found.looks} looks until {found.ended:%Y-%m-%d %H:%M} UTC"
        source = f"{seen}, report {kept.digest[:16]}"
        done = [_draw(application, need, source) for need in found.needs]
        counts = {word: done.count(word) for word in ("new", "better", "same")}
        says = f"{application.code}: {counts['new']} edges new, {counts['better']} known better"
        refs = {"evidence": kept.digest, **counts}
        entry = audit.Entry(
            "dependencies.observe", application.code, says, application.client, refs
        )
        audit.record(entry, actor=actor, at=at)
    return Taken(kept, **counts)


def _draw(application: Application, need: Need, source: str) -> str:
    """Draw one edge: new, better known than before, or as it was."""
    grade = need.grade.value
    card = Dependency.objects.filter(
        client=application.client, dependent=application.code, component=need.component
    ).first()
    if card is None:
        Dependency.objects.create(
            client=application.client,
            dependent=application.code,
            component=need.component,
            grade=grade,
            source=f"{need.how}; {source}",
        )
        return "new"
    if grade != _OBSERVED or card.grade == _OBSERVED:
        return "same"
    card.grade, card.source = grade, f"{need.how}; {source}"
    card.save()
    return "better"


def state(
    client: Client, dependent: str, component: str, *, reason: str, actor: Actor, at: datetime
) -> Dependency:
    """This function will add an edge somebody knows of, as declared; an observed one keeps its grade.

    Raises ReasonMissing without a reason, without both names, or when both are one.
    """
    require(actor, Role.TECHNICIAN)
    names = dependent.strip(), component.strip()
    if not reason.strip() or not all(names) or names[0] == names[1]:
        message = "an edge needs two different names and a reason: who says so, and from where"
        raise ReasonMissing(message)
    with transaction.atomic():
        card, is_new = Dependency.objects.get_or_create(
            client=client,
            dependent=names[0],
            component=names[1],
            defaults={
                "grade": DependencyGrade.DECLARED.value,
                "source": f"stated by {actor.label}: {reason.strip()}",
            },
        )
        if is_new:
            entry = audit.Entry(
                "dependencies.state", str(card)[:120], f"{card}: {reason.strip()}", client
            )
            audit.record(entry, actor=actor, at=at)
    return card


def withdraw(
    client: Client, dependent: str, component: str, *, reason: str, actor: Actor, at: datetime
) -> None:
    """This function will take an edge out of the map; the audit entry keeps what it was.

    Raises EdgeUnknown or ReasonMissing.
    """
    require(actor, Role.TECHNICIAN)
    if not reason.strip():
        message = f"{dependent} needs {component}: taking the edge out needs a reason"
        raise ReasonMissing(message)
    with transaction.atomic():
        card = Dependency.objects.filter(
            client=client, dependent=dependent, component=component
        ).first()
        if card is None:
            message = f"the map has no edge from {dependent} to {component}"
            raise EdgeUnknown(message)
        before = {"grade": card.grade, "source": card.source}
        says = f"{card}: taken out: {reason.strip()}"
        entry = audit.Entry("dependencies.withdraw", str(card)[:120], says, client, before)
        card.delete()
        audit.record(entry, actor=actor, at=at)
