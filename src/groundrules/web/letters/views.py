"""The letter list, one letter with its preview, its PDF, and the acts of review."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.core.answers.outlook import Outlook
from groundrules.core.ids import AssetId, ChangeId
from groundrules.core.letters.answers import LetterDraft as CoreLetterDraft
from groundrules.core.letters.comparing import compare_texts, compare_to_text
from groundrules.core.letters.places import PLACES
from groundrules.core.letters.tongue import LANGUAGES
from groundrules.records.conversations import Message
from groundrules.records.letters import Delivery, Letter, LetterDraft
from groundrules.services import (
    delivering,
    letter_signing,
    letter_texts,
    notices,
    previews,
    rewording,
)
from groundrules.services import letters as letter_services
from groundrules.services.actor import Actor, NotAllowed
from groundrules.services.world import NoAgreement, NoProvider
from groundrules.web.access import actor_of, area
from groundrules.web.documents import pdf_response, png_response
from groundrules.web.letters.tables import LETTERS
from groundrules.web.tables.kit import respond
from groundrules.web.times import minute


def _draft(ref: str) -> LetterDraft:
    return get_object_or_404(LetterDraft.objects.select_related("client", "asset"), ref=ref)


@area("letters")
def letters(request: HttpRequest) -> HttpResponseBase:
    """Every letter, drafted or sent."""
    rows = LetterDraft.objects.select_related("client", "asset")
    return respond(request, LETTERS, rows, "web/letters/list.html")


@area("letters")
def letter(request: HttpRequest, ref: str) -> HttpResponse:
    """One letter: stage, who decided, the text with its facts, and how it looks on paper."""
    row = _draft(ref)
    sent = Letter.objects.filter(draft=row).first()
    zone = row.client.zone
    context = {
        "client_code": row.client.code,
        "letter": row,
        "core": (sent or row).to_core(),
        "sent": sent,
        "drafted": minute(row.drafted_at, zone),
        "decided": minute(row.decided_at, zone) if row.decided_at else "",
        "sent_at": minute(sent.sent_at, zone) if sent else "",
        "leaves": _leaves(row),
        "signing": None if sent else _signing(row),
        "own": row.drafted_by == actor_of(request).label,
        "to_confirm": letter_services.to_confirm(row),
        "way": _way(sent) if sent else (),
        "answers": _answers(sent) if sent else (),
        "pages": range(1, previews.letter_pages(row) + 1),
        "outlook": None if sent else _outlook(row),
        **_text(row, (sent or row).to_core()),
    }
    return render(request, "web/letters/letter.html", context)


def _signing(row: LetterDraft) -> letter_signing.Standing | None:
    """By whom it will be signed as PDF, or what is in the way; None for a letter that is not ours to sign."""
    return letter_signing.standing(timezone.now()) if letter_services.is_ours_to_sign(row) else None


def _text(row: LetterDraft, core: CoreLetterDraft) -> dict[str, object]:
    """Which text a letter was written from, what was filled in, and what a person changed for it alone."""
    usual = letter_texts.text_of(core)
    return {
        "has_text": core.kind in PLACES and core.language in LANGUAGES,
        "language": LANGUAGES.get(core.language, core.language),
        "can_reword": rewording.can_be_reworded(row),
        "merged": compare_to_text(row.own_text or usual, core) if row.own_text or usual else (),
        "reworded": compare_texts(letter_texts.text_in_use(core).text, row.own_text)
        if row.own_text
        else (),
    }


def _outlook(row: LetterDraft) -> Outlook | None:
    """What a notice or a suspension will change, shown before it is sent."""
    if row.kind not in {"notice", "suspension"} or row.asset is None:
        return None
    facts = (f for p in row.to_core().paragraphs for f in p.facts if f.kind == "change")
    changes = tuple(dict.fromkeys(ChangeId(f.ref) for f in facts))
    asset = AssetId(row.asset.code)
    try:
        return notices.plan(client=row.client, asset=asset, changes=changes, at=timezone.now())[1]
    except (NoAgreement, NoProvider):
        return None


def _way(sent: Letter) -> tuple[dict[str, object], ...]:
    """The steps of a sent letter, newest first; `troubled` when the newest needs a person."""
    steps = sent.deliveries.order_by("-number")
    return tuple(
        {
            "at": minute(step.recorded_at, sent.client.zone),
            "kind": step.kind,
            "says": step.says,
            "troubled": step.kind in Delivery.TROUBLED,
        }
        for step in steps
    )


def _answers(sent: Letter) -> list[tuple[str, Message]]:
    """The messages that came as answers to a letter, oldest first."""
    rows = Message.objects.filter(filings__letter=sent).distinct().order_by("sent_at", "pk")
    return [(minute(row.sent_at, sent.client.zone), row) for row in rows]


@area("letters")
def letter_page(request: HttpRequest, ref: str, page: int) -> HttpResponse:
    """One page of a letter as a picture."""
    try:
        return png_response(previews.letter_picture(_draft(ref), page))
    except previews.NoSuchPage as missing:
        raise Http404(str(missing)) from missing


@area("letters")
def letter_pdf(request: HttpRequest, ref: str) -> HttpResponse:
    """The PDF of a sent letter, exactly as it was sent."""
    sent = get_object_or_404(
        Letter.objects.select_related("pdf"), draft__ref=ref, pdf__isnull=False
    )
    return pdf_response(sent.pdf, sent.ref)  # type: ignore[arg-type]  # the filter says it is there


def _approve(row: LetterDraft, said: QueryDict, actor: Actor, at: datetime) -> str:
    words, seen = said.get("confirmed", ""), said.get("seen", "")
    letter_services.approve(draft=row, actor=actor, at=at, confirmed=words, seen=seen)
    return "Approved. Nothing has left yet: it goes out when it is sent."


def _hold(row: LetterDraft, said: QueryDict, actor: Actor, at: datetime) -> str:
    letter_services.hold(draft=row, reason=said.get("reason", ""), actor=actor, at=at)
    return "Held. It stays here until somebody releases it."


def _release(row: LetterDraft, _said: QueryDict, actor: Actor, at: datetime) -> str:
    letter_services.release(draft=row, actor=actor, at=at)
    return "Released. It is an open draft again."


def _send(row: LetterDraft, _said: QueryDict, actor: Actor, at: datetime) -> str:
    leaving = letter_services.queue(draft=row, actor=actor, at=at)
    return f"Leaves at {_leaves(leaving)}. Until then it can be called back."


def _call_back(row: LetterDraft, _said: QueryDict, actor: Actor, at: datetime) -> str:
    letter_services.call_back(draft=row, actor=actor, at=at)
    return "Called back. It did not leave, and stays approved."


def _repeat(row: LetterDraft, _said: QueryDict, actor: Actor, at: datetime) -> str:
    letter = get_object_or_404(Letter, draft=row)
    delivering.repeat(letter, actor=actor, at=at)
    return "It is sent once more, under the same Message-ID."


def _leaves(row: LetterDraft) -> str:
    return minute(row.leaves_at, row.client.zone) if row.leaves_at else ""


_REFUSED = (
    letter_services.LetterRefused,
    letter_signing.LetterUnsigned,
    delivering.NothingToRepeat,
    NotAllowed,
)
_ACTS = {
    "approve": _approve,
    "call back": _call_back,
    "hold": _hold,
    "release": _release,
    "repeat": _repeat,
    "send": _send,
}


@area("letters")
@require_POST
def decide(request: HttpRequest, ref: str) -> HttpResponse:
    """Approve, hold, release, send or call back a letter: one act a person answers for."""
    act = _ACTS.get(request.POST.get("act", ""))
    if act is None:
        message = "A letter can be approved, held, released, sent or called back."
        raise Http404(message)
    try:
        said = act(_draft(ref), request.POST, actor_of(request), timezone.now())
        messages.info(request, said)
    except _REFUSED as refused:
        messages.error(request, str(refused))
    return redirect("web:letter", ref)
