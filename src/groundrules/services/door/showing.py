"""What is shown behind the client's door: chosen item by item, so that nothing of ours or of others comes along.

No notes, no costs, no forgone value, no suspects: work is told in the client's words, and letters and invoices are the
ones that went to the client.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from groundrules.core.agreements.facts import Outcome, StateSpan
from groundrules.core.answers.model import Answers
from groundrules.core.coverage.saying import Telling, say_to_client
from groundrules.core.ids import AssetId
from groundrules.core.letters.answers import FOR_THE_CLIENT, LetterKind
from groundrules.core.lifecycle.checklist import Todo, Turn
from groundrules.core.lifecycle.timeline import state_at
from groundrules.core.money import Money
from groundrules.core.work import Channel
from groundrules.records.models import (
    AgreementVersion,
    Asset,
    Charge,
    Decision,
    Delegation,
    Issued,
    Letter,
    LetterDraft,
    Message,
    ReportGiven,
    Request,
)
from groundrules.services.door.reading import Reader
from groundrules.services.standing import WayBack, way_back_of
from groundrules.services.world import NoAgreement, NoProvider, answer_for

_LATEST = 30


@dataclass(frozen=True, slots=True)
class ShownServer:
    """One server: its state now, and its way back while it is off."""

    asset: Asset
    state: StateSpan | None
    back: WayBack | None

    @property
    def yours(self) -> tuple[Todo, ...]:
        """What is the client's turn, the most pressing first."""
        return tuple(t for t in self.back.todos.open if t.turn is Turn.CLIENT) if self.back else ()


@dataclass(frozen=True, slots=True)
class ShownSite:
    """One site as the client knows it; our notes on getting in are not among it."""

    name: str
    address: str
    opening_hours: str
    closed_days: str
    phone: str
    contact: str
    servers: tuple[Asset, ...]


def sites_of(reader: Reader) -> tuple[ShownSite, ...]:
    """This function will return the client's sites; who may see some servers only, sees where those stand."""
    standing: defaultdict[int | None, list[Asset]] = defaultdict(list)
    for asset in reader.assets():
        standing[asset.site_id].append(asset)
    rows = reader.client.sites.select_related("contact").order_by("name", "pk")
    return tuple(
        ShownSite(
            row.name,
            row.address,
            row.opening_hours,
            row.closed_days,
            row.phone,
            row.contact.name if row.contact else "",
            tuple(standing[row.pk]),
        )
        for row in rows
        if standing[row.pk] or not reader.servers
    )


@dataclass(frozen=True, slots=True)
class ShownWork:
    """One piece of work as it is told to the client, with what it is worth and what it costs."""

    at: datetime
    server: str
    says: str
    value: Money
    charged: Money
    number: str


def servers_of(reader: Reader) -> tuple[ShownServer, ...]:
    """This function will say how each server of the reader stands; without an agreement nothing is known."""
    answers = _answers(reader)
    return tuple(_shown(asset, answers, reader.at) for asset in reader.assets())


def _answers(reader: Reader) -> Answers | None:
    try:
        return answer_for(reader.client, reader.at)
    except (NoAgreement, NoProvider):
        return None


def _shown(asset: Asset, answers: Answers | None, at: datetime) -> ShownServer:
    if answers is None:
        return ShownServer(asset, None, None)
    ref = AssetId(asset.code)
    return ShownServer(asset, state_at(answers.states_of(ref), at), way_back_of(answers, ref))


def work_of(reader: Reader) -> tuple[ShownWork, ...]:
    """This function will tell the latest work in the client's words, newest first; undecided work is told later."""
    rows = (
        Decision.objects.current()
        .filter(client=reader.client)
        .select_related("client", "asset", "technician", "entry")
        .order_by("-entry__started_at", "-pk")
    )
    seen = [row for row in _visible(reader, rows) if not _is_open(row)][:_LATEST]
    titles = _titles(reader)
    return tuple(_told(row, titles) for row in seen)


def _visible(reader: Reader, rows: Iterable[Decision]) -> Iterable[Decision]:
    return (row for row in rows if reader.sees(row.asset))


def _is_open(row: Decision) -> bool:
    return bool(row.to_core().of(Outcome.NEEDS_PERSON))


def _titles(reader: Reader) -> dict[tuple[int, str], str]:
    versions = AgreementVersion.objects.filter(
        agreement__client=reader.client, published_at__isnull=False
    )
    return {
        (v.version, str(clause.number)): clause.title
        for v in versions
        for clause in v.to_core().clauses
    }


def _told(row: Decision, titles: dict[tuple[int, str], str]) -> ShownWork:
    core = row.to_core()
    zero = Money.zero(row.client.currency)
    charges = Charge.objects.current().filter(charged_decisions__decision=row).distinct()
    charged = sum((c.to_core().amount for c in charges), zero)
    used = {(s.agreement_version, s.clause) for s in core.segments if s.clause is not None}
    named = {clause: titles.get((version, str(clause)), "") for version, clause in used}
    server = row.asset.name if row.asset else ""
    # The issue is on invoices too; the note is ours: it was written for colleagues.
    telling = Telling(row.technician.name, server, row.entry.issue, charged, named)
    value = sum((s.value for s in core.segments), zero)
    says = say_to_client(core, telling)
    return ShownWork(row.entry.started_at, server, says, value, charged, row.number)


def letters_of(reader: Reader) -> QuerySet[Letter]:
    """This function will list the letters that went to the client about what the reader may see, newest first.

    One that brings a report is for those who may see the report.
    """
    hidden = set() if _may_see_reports(reader) else {LetterKind.REPORT}
    kinds = [kind.value for kind in FOR_THE_CLIENT - hidden]
    rows = Letter.objects.filter(client=reader.client, kind__in=kinds)
    if reader.servers:
        rows = rows.filter(asset__code__in=reader.servers)
    return rows.order_by("-sent_at", "-pk")


def invoices_of(reader: Reader) -> QuerySet[Issued]:
    """This function will list the client's invoices and credit notes, newest first; none for a part of the servers.

    An invoice is of the whole client, so who may see one server only does not see it.
    """
    rows = Issued.objects.filter(client=reader.client)
    return (rows.none() if reader.servers else rows).order_by("-issued_at", "-pk")


def reports_of(reader: Reader) -> QuerySet[ReportGiven]:
    """This function will list the reports given to the client, newest first; one whose mail waits is not given yet.

    A report is of the whole client, with work and money in it.
    """
    rows = ReportGiven.objects.filter(client=reader.client)
    there = rows.filter(Q(letter_draft__isnull=True) | Q(letter_draft__state=LetterDraft.SENT))
    return (there if _may_see_reports(reader) else rows.none()).order_by("-first", "-pk")


def _may_see_reports(reader: Reader) -> bool:
    return not reader.servers and reader.may_read("work") and reader.may_read("invoices")


def requests_of(reader: Reader) -> QuerySet[Request]:
    """This function will list what the client's people asked for, newest first.

    A request names no server, so who may see one server only sees his own requests and nobody else's.
    """
    rows = Request.objects.current().filter(client=reader.client).select_related("contact")
    if reader.servers:
        rows = rows.filter(contact=reader.contact)
    return rows.order_by("-asked_at", "-pk")[:_LATEST]


def said_of(reader: Reader) -> QuerySet[Message]:
    """This function will list what was written to us behind this door, newest first.

    Calls and mails are logged in our words and are not shown; an outsider reads their own messages only.
    """
    rows = Message.objects.current().filter(client=reader.client, channel=Channel.PORTAL.value)
    if reader.delegation is not None:
        rows = rows.filter(contact=reader.contact)
    return rows.select_related("asset").order_by("-sent_at", "-pk")[:_LATEST]


def delegations_of(reader: Reader) -> QuerySet[Delegation]:
    """This function will list whom the client let in, those who still are first."""
    rows = reader.client.delegations.select_related("delegate", "granted_by")
    return rows.order_by("-ends_at", "-pk")
