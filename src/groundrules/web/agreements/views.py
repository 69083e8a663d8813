"""The agreement editor: sentences on one side, the clauses they are on the other, and the proof while writing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from groundrules.core.agreements.drafting import clause_from_form
from groundrules.core.agreements.facts import DIMENSIONS
from groundrules.core.agreements.matching import UnknownFact
from groundrules.core.agreements.sentences import UnreadableClause, say
from groundrules.core.agreements.table import NotPublishable
from groundrules.core.agreements.terms import DecidingClause
from groundrules.core.agreements.words import NEEDS, OUTCOMES, PHRASES, SPOKEN_ORDER
from groundrules.core.parties import Authority
from groundrules.core.signatures import SignatureRefused
from groundrules.records.agreements import Agreement, AgreementDraft
from groundrules.services import agreement_drafts, agreements
from groundrules.services.actor import NotAllowed
from groundrules.services.agreement_drafts import DraftNotReadable, Judged
from groundrules.web.access import actor_of, area
from groundrules.web.times import minute

_FACT_TITLES = {
    "work_type": "Kind of work",
    "state": "State of the server",
    "cause": "Cause",
    "band": "Hours",
    "asked": "Who asked",
    "severity": "Severity of the fault",
    "stems": "Where it stems from",
    "place": "Where it is done",
}
_REFUSALS = (
    NotPublishable,
    DraftNotReadable,
    NotAllowed,
    SignatureRefused,
    UnknownFact,
    UnreadableClause,
)


@dataclass(frozen=True, slots=True)
class FormFact:
    """One fact of a clause as tick boxes; nothing ticked means anything."""

    name: str
    title: str
    values: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class ClauseForm:
    """One clause of the draft as a form; its inputs are named by its line."""

    line: int
    clause: DecidingClause
    facts: tuple[FormFact, ...]
    needs: tuple[tuple[str, str, bool], ...]
    precedence: str


def _agreement(code: str, agreement: str) -> Agreement:
    rows = Agreement.objects.select_related("client")
    return get_object_or_404(rows, client__code=code, code=agreement)


@area("agreements")
def editor(request: HttpRequest, code: str, agreement: str) -> HttpResponse:
    """The next version: saved, judged, a clause taken over from its form, or published."""
    row = _agreement(code, agreement)
    if request.method != "POST":
        saved = AgreementDraft.objects.filter(agreement=row).first()
        starts = saved.in_force_date.isoformat() if saved and saved.in_force_date else ""
        return _page(request, row, agreement_drafts.text_of(row, timezone.now()), starts)
    text, starts = request.POST.get("text", ""), request.POST.get("starts", "")
    act = request.POST.get("act", "judge")
    try:
        if act.startswith("clause:"):
            text = _with_clause(request, text, int(act.removeprefix("clause:")))
        if act in _WHOLE:
            return _WHOLE[act](request, row, text, starts)
        if act == "save" or act.startswith("clause:"):
            agreement_drafts.keep(
                row, text, _day(starts), actor=actor_of(request), at=timezone.now()
            )
            messages.info(request, "The draft is saved. It binds nobody until it is published.")
    except _REFUSALS as refused:
        messages.error(request, str(refused))
    except ValueError as wrong:
        messages.error(request, f"The date cannot be read: {wrong}. Write it as 2026-12-01.")
    return _page(request, row, text, starts, with_past=act == "compare")


@area("agreements")
def judgement(request: HttpRequest, code: str, agreement: str) -> HttpResponse:
    """What the text as typed comes to: asked for while somebody writes."""
    row = _agreement(code, agreement)
    judged = agreement_drafts.judge(row, request.POST.get("text", ""), at=timezone.now())
    return render(request, "web/agreements/judgement.html", _shown(judged))


def _publish(request: HttpRequest, row: Agreement, text: str, starts: str) -> HttpResponse:
    actor, at, day = actor_of(request), timezone.now(), _day(starts)
    agreement_drafts.keep(row, text, day, actor=actor, at=at)
    if day is None:
        message = "say from which day the version is in force; that day must not have begun"
        raise DraftNotReadable(message)
    published = agreement_drafts.publish(row, text, day, actor=actor, at=at)
    messages.info(request, f"{published} is published, and frozen from here on.")
    return redirect("web:agreement", row.client.code, row.code, published.version)


def _ask(request: HttpRequest, row: Agreement, text: str, starts: str) -> HttpResponse:
    actor, at, day = actor_of(request), timezone.now(), _day(starts)
    agreement_drafts.keep(row, text, day, actor=actor, at=at)
    signer = row.client.contacts.filter(code=request.POST.get("signer", "")).first()
    if day is None or signer is None:
        message = "say from which day the version is in force, and choose who signs it"
        raise DraftNotReadable(message)
    asked = agreement_drafts.ask_signature(row, text, day, signer, actor=actor, at=at)
    says = f"{asked} is put before {signer.name}. It binds nobody until they sign."
    messages.info(request, says)
    return redirect("web:agreement-editor", row.client.code, row.code)


def _choose(request: HttpRequest, row: Agreement, text: str, starts: str) -> HttpResponse:
    actor, at = actor_of(request), timezone.now()
    agreement_drafts.keep(row, text, _day(starts), actor=actor, at=at)
    agreements.choose_signing(row, client_signs=not row.client_signs, actor=actor, at=at)
    how = "by the client's signature only" if row.client_signs else "by your publishing it"
    messages.info(request, f"A version of this agreement binds {how} from now on.")
    return redirect("web:agreement-editor", row.client.code, row.code)


_WHOLE = {"publish": _publish, "ask": _ask, "choose-signing": _choose}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text.strip() else None


def _with_clause(request: HttpRequest, text: str, line: int) -> str:
    """The text with one line said anew from its form."""
    lines = text.splitlines()
    judged = agreement_drafts.read_draft_line(lines, line)
    prefix = f"c{line}-"
    given = {
        name.removeprefix(prefix): request.POST.getlist(name)
        for name in request.POST
        if name.startswith(prefix)
    }
    lines[line - 1] = say(clause_from_form(judged, given))
    return "\n".join(lines)


def _page(
    request: HttpRequest, row: Agreement, text: str, starts: str, *, with_past: bool = False
) -> HttpResponse:
    judged = agreement_drafts.judge(row, text, at=timezone.now(), with_past=with_past)
    context = {
        "client_code": row.client.code,
        "agreement": row,
        "text": text,
        "starts": starts,
        "newest": agreement_drafts.newest(row),
        **_signing(row),
        "rows": max(16, len(text.splitlines()) + 4),
        **_shown(judged),
    }
    return render(request, "web/agreements/editor.html", context)


def _signing(row: Agreement) -> dict[str, object]:
    """Who signs the next version, or is asked to by now; and how the newest was signed."""
    now, zone = timezone.now(), row.client.zone
    waiting = agreement_drafts.waiting_for(row)
    last = row.versions.filter(published_at__isnull=False).order_by("-version").first()
    signature = agreements.signature_of(last) if last else None
    may_sign = (
        one
        for one in row.client.contacts.filter(outside=False).exclude(email="").order_by("name")
        if one.to_core().may(Authority.SIGN, now)
    )
    return {
        "signers": tuple(may_sign),
        "waiting": waiting,
        "asked": minute(waiting.recorded_at, zone) if waiting else "",
        "signature": signature,
        "signed": minute(signature.recorded_at, zone) if signature else "",
    }


def _shown(judged: Judged) -> dict[str, object]:
    return {
        "judged": judged,
        "forms": [_form(line, clause) for line, clause in judged.read.clauses],
        "outcomes": [(o.value, words) for o, words in OUTCOMES.items()],
    }


def _form(line: int, clause: DecidingClause) -> ClauseForm:
    facts = tuple(
        FormFact(
            name,
            _FACT_TITLES[name],
            tuple(
                (str(v.value), PHRASES[name][v], str(v.value) in clause.when.get(name, ()))
                for v in DIMENSIONS[name]
            ),
        )
        for name in SPOKEN_ORDER
    )
    needs = tuple((str(n.value), words, n in clause.needs) for n, words in NEEDS.items())
    return ClauseForm(line, clause, facts, needs, ", ".join(clause.takes_precedence_over))
