"""Changes with who made them, and logins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Prefetch
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from groundrules.api.v1.door import mine, needs
from groundrules.api.v1.paging import Code, narrowed, one, page_of, page_type
from groundrules.api.v1.shapes import Because, FactsAsked, asked_for, because
from groundrules.core.attribution.answers import Attribution, Hypothesis
from groundrules.records import models as books

router = Router(tags=["evidence"])
_READ = needs("evidence:read")


class PartyShape(Schema):
    """Somebody an action can belong to: provider, vendor, client, consultant or the system itself."""

    kind: str
    code: str


class HypothesisShape(Schema):
    """Somebody or something of ours that was considered, and why it stays or goes."""

    label: str
    party: PartyShape | None
    account: str
    strength: str
    session: str | None
    rejected: bool
    reasons: list[Because]


class AttributionShape(Schema):
    """Who made a change. Only `recorded` and `matched` may carry consequences; `unknown` is an honest answer."""

    strength: str = Field(description="recorded, matched, inferred or unknown")
    party: PartyShape | None
    account: str
    session: str | None
    permission: str = Field(description="inside, outside or undetermined")
    window: str | None
    reasons: list[Because]
    hypotheses: list[HypothesisShape]
    recorded_at: datetime


class ChangeShape(Schema):
    """One thing that is different, with before and after, and an exact time or an honest interval."""

    client: str
    ref: str
    asset: str
    kind: str
    component: str
    action: str
    before: str | None
    after: str | None
    not_before: datetime
    not_after: datetime
    account: str = Field(description="The account the record itself names, if it does.")
    sentence: str
    recorded_at: datetime
    strength: str | None = Field(
        description="How strongly it is known who made it; null before an answer."
    )
    party: PartyShape | None


ChangePage = page_type("ChangePage", ChangeShape, "A page of changes.")


class WholeChange(ChangeShape):
    """A change with the whole answer about who made it."""

    attribution: AttributionShape | None


class SessionShape(Schema):
    """A login seen in evidence."""

    client: str
    ref: str
    asset: str
    account: str
    kind: str
    source_address: str
    started_at: datetime
    ended_at: datetime | None
    recorded_at: datetime


SessionPage = page_type("SessionPage", SessionShape, "A page of logins.")


class ChangesAsked(FactsAsked):
    """Which changes."""

    kind: Code = Field("", description="Only this kind of component, such as package.")
    strength: Code = Field("", description="Only those whose maker is known this strongly.")


class SessionsAsked(FactsAsked):
    """Which logins."""

    account: str = Field(
        "", max_length=255, description="Only of this account, as the log writes it."
    )


_ANSWERS = Prefetch("attributions", books.Attribution.objects.current(), to_attr="standing_answers")


@router.get("/changes", auth=_READ, response=ChangePage)
def list_changes(request: HttpRequest, asked: Query[ChangesAsked]) -> object:
    """Changes, with how strongly it is known who made each. `since` and `until` ask about the interval's end."""
    rows = books.Change.objects.select_related("client", "asset").prefetch_related(_ANSWERS)
    found = asked_for(mine(request, rows), asked, "not_after")
    found = narrowed(found, kind=asked.kind)
    if asked.strength:
        answers = books.Attribution.objects.current().filter(strength=asked.strength)
        found = found.filter(pk__in=answers.values("change"))
    return page_of(found, asked, _change)


@router.get("/changes/{client}/{ref}", auth=_READ, response=WholeChange)
def get_change(request: HttpRequest, client: str, ref: str) -> WholeChange:
    """One change as it stands now, with who made it, every hypothesis, and why each stays or goes."""
    rows = books.Change.objects.current().select_related("client", "asset")
    row = one(
        mine(request, rows.prefetch_related(_ANSWERS)), "change", client__code=client, ref=ref
    )
    answers = _standing(row)
    whole = _attribution(answers[0].to_core(), answers[0].recorded_at) if answers else None
    return WholeChange(attribution=whole, **_change(row).dict())


@router.get("/sessions", auth=_READ, response=SessionPage)
def list_sessions(request: HttpRequest, asked: Query[SessionsAsked]) -> object:
    """Logins, by when they began."""
    rows = mine(request, books.Session.objects.select_related("client", "asset"))
    found = asked_for(rows, asked, "started_at")
    found = narrowed(found, account__iexact=asked.account)
    return page_of(found, asked, _session)


def _standing(row: books.Change) -> Sequence[books.Attribution]:
    found: list[books.Attribution] = getattr(row, "standing_answers", [])
    return found


def _change(row: books.Change) -> ChangeShape:
    answers = _standing(row)
    party = answers[0] if answers and answers[0].party_kind else None
    return ChangeShape(
        client=row.client.code,
        ref=row.ref,
        asset=row.asset.code,
        kind=row.kind,
        component=row.component,
        action=row.action,
        before=row.before,
        after=row.after,
        not_before=row.not_before,
        not_after=row.not_after,
        account=row.actor_account,
        sentence=row.sentence,
        recorded_at=row.recorded_at,
        strength=answers[0].strength if answers else None,
        party=PartyShape(kind=party.party_kind, code=party.party_code) if party else None,
    )


def _attribution(core: Attribution, recorded_at: datetime) -> AttributionShape:
    return AttributionShape(
        strength=core.strength.value,
        party=PartyShape(kind=core.party.kind.value, code=core.party.id) if core.party else None,
        account=core.account,
        session=core.session,
        permission=core.permission.permission.value,
        window=core.permission.window,
        reasons=because(core.reasons),
        hypotheses=[_hypothesis(one) for one in core.hypotheses],
        recorded_at=recorded_at,
    )


def _hypothesis(core: Hypothesis) -> HypothesisShape:
    return HypothesisShape(
        label=core.label,
        party=PartyShape(kind=core.party.kind.value, code=core.party.id) if core.party else None,
        account=core.account,
        strength=core.strength.value,
        session=core.session,
        rejected=core.rejected,
        reasons=because(core.reasons),
    )


def _session(row: books.Session) -> SessionShape:
    return SessionShape(
        client=row.client.code,
        ref=row.ref,
        asset=row.asset.code,
        account=row.account,
        kind=row.kind,
        source_address=row.source_address,
        started_at=row.started_at,
        ended_at=row.ended_at,
        recorded_at=row.recorded_at,
    )
