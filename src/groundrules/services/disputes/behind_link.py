"""What is held against a vendor on the server its link is for, and a dispute of it with a typed code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from groundrules.core.disputes import Dispute, DisputeSubject
from groundrules.core.ids import VendorId
from groundrules.core.vendors import Permission, Scorecard
from groundrules.records import models as books
from groundrules.records.models import PortalLink, Role
from groundrules.services.access.codes import use_code
from groundrules.services.actor import Actor
from groundrules.services.disputes.opening import Raised, check, open_dispute
from groundrules.services.disputes.people import vendor_speaker
from groundrules.services.world import NoAgreement, NoProvider, answer_for

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class HeldFact:
    """One change or login of the vendor's, and how its dispute stands, if there is one."""

    subject: DisputeSubject
    ref: str
    says: str
    at: datetime
    dispute: Dispute | None

    @property
    def value(self) -> str:
        """What the form sends for it."""
        return f"{self.subject.value}:{self.ref}"


@dataclass(frozen=True, slots=True)
class Held:
    """Everything a link shows: the facts on its server, the score, and what is disputed of it."""

    facts: tuple[HeldFact, ...]
    card: Scorecard | None
    score_dispute: Dispute | None
    score_value: str


def held_on(link: PortalLink, at: datetime) -> Held:
    """This function will list what is held against a vendor on the server of its link, and its score."""
    vendor = link.vendor.code if link.vendor else ""
    found = {(d.subject, d.ref): d for d in _own(link)}
    rows = (
        books.Attribution.objects.of_client(link.client)
        .current()
        .filter(names_party=True, party_kind="vendor", party_code=vendor)
        .filter(change__asset=link.asset, permission=Permission.OUTSIDE.value)
        .select_related("change")
        .order_by("-change__not_after", "-pk")[:_SHOWN]
    )
    facts = tuple(
        HeldFact(
            DisputeSubject.CHANGE,
            row.ref,
            row.change.sentence,
            row.change.not_after,
            found.get((DisputeSubject.CHANGE, row.ref)),
        )
        for row in rows
    )
    score = found.get((DisputeSubject.SCORE, vendor))
    return Held(
        facts,
        _card(link, VendorId(vendor), at),
        score if score and score.is_open else None,
        f"{DisputeSubject.SCORE.value}:{vendor}",
    )


def _own(link: PortalLink) -> list[Dispute]:
    rows = books.Dispute.objects.of_client(link.client).current().filter(vendor=link.vendor)
    return [row.to_core() for row in rows.order_by("pk")]


def _card(link: PortalLink, vendor: VendorId, at: datetime) -> Scorecard | None:
    try:
        answers = answer_for(link.client, at)
    except (NoAgreement, NoProvider):
        return None
    return next((v.card for v in answers.vendors if v.vendor == vendor), None)


def dispute(
    link: PortalLink, wanted: tuple[DisputeSubject, str], says: str, code: str, at: datetime
) -> books.Dispute:
    """This function will dispute a fact or the score as the link's person; raises DisputeRefused or CodeRefused.

    Whatever can be refused is refused before the code is used up.
    """
    raised = Raised(*wanted, says, vendor_speaker(link))
    check(raised, client=link.client, at=at)
    use_code(link, code, at)
    actor = Actor(link.email, Role.TECHNICIAN)
    return open_dispute(raised, client=link.client, actor=actor, at=at)
