"""Letters of agency to one vendor: where each stands, the steps it has taken, and the next one taken by a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from groundrules.core.calendars import zone_label
from groundrules.core.letters.draft_agency import AgencyIncomplete
from groundrules.core.periods import ImpossibleLocalTime, local_instant, wall_time
from groundrules.core.signatures import SignatureRefused
from groundrules.core.vendors import (
    DatedStep,
    LetterOfAgency,
    LetterOfAgencyNotInForce,
    LetterOfAgencyStep,
    StepRefused,
    letter_of_agency_status,
    next_steps,
)
from groundrules.records import models as books
from groundrules.records.models import SignatureRequest
from groundrules.services import agency, signing
from groundrules.services.access.deciding import calendar_of
from groundrules.services.actor import NotAllowed
from groundrules.services.agency import Brought, NewLetter, UnknownLetterOfAgency
from groundrules.web.access import actor_of, area
from groundrules.web.words import sentence

_REFUSALS = (
    *(AgencyIncomplete, ImpossibleLocalTime, LetterOfAgencyNotInForce, NotAllowed),
    *(SignatureRefused, StepRefused, UnknownLetterOfAgency),
)
_MONTHS = 12
# What a person does, in the order of the page's choice.
_ASKS = {
    LetterOfAgencyStep.SENT_FOR_SIGNATURE: "It was sent to the client to sign",
    LetterOfAgencyStep.SIGNED: "It came back signed (with its file)",
    LetterOfAgencyStep.DELIVERED: "It was delivered to the vendor",
    LetterOfAgencyStep.ACKNOWLEDGED: "The vendor acknowledged it",
    LetterOfAgencyStep.CALL_MADE: "We called to introduce ourselves",
    LetterOfAgencyStep.REVOKED: "The client revoked it",
    LetterOfAgencyStep.SUPERSEDED: "A later letter replaces it",
}


@area("vendors")
@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: HttpRequest, client: str, code: str) -> HttpResponse:
    """Every letter of agency to a vendor, what is due, and a new one."""
    owner = get_object_or_404(books.Client, code=client)
    card = get_object_or_404(books.Vendor, code=code)
    if request.method != "POST":
        return _page(request, owner, card)
    act = _ACTS.get(request.POST.get("act", ""))
    if act is None:
        message = "A letter of agency can be drafted, or take a step."
        raise Http404(message)
    try:
        messages.info(request, act(request, owner, card, timezone.now()))
    except _REFUSALS as refused:
        messages.error(request, f"Nothing was changed. {sentence(refused)}")
        return _page(request, owner, card, status=422)
    return redirect("web:vendor-agency", client, code)


def _page(
    request: HttpRequest, owner: books.Client, card: books.Vendor, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    rows = books.LetterOfAgency.objects.current().of_client(owner).filter(vendor=card)
    calendar = calendar_of(owner, now)
    told = []
    for row in rows.order_by("-recorded_at", "-pk"):
        letter = row.to_core()
        told.append(
            {
                "letter": letter,
                "status": letter_of_agency_status(letter, now, owner.zone, calendar),
                "steps": _steps(letter, owner.zone),
                "next": [(step.value, _ASKS[step]) for step in next_steps(letter)],
                "may_ask": LetterOfAgencyStep.SIGNED in next_steps(letter),
                "asked": signing.standing_request(owner, SignatureRequest.AGENCY, letter.id),
            }
        )
    due = [one for one in agency.reminders_of(owner, now) if one.vendor == card.code]
    context = {
        "owner": owner,
        "vendor": card,
        "letters": told,
        "due": due,
        "assets": owner.assets.order_by("name"),
        "signers": owner.contacts.filter(outside=False).order_by("name"),
        "people": books.Technician.objects.order_by("name"),
        "months": _MONTHS,
        "given": request.POST,
        "ticked": {name: request.POST.getlist(name) for name in ("assets", "people")},
    }
    return render(request, "web/vendors/agency.html", context, status=status)


def _steps(letter: LetterOfAgency, zone: str) -> list[tuple[str, str, str]]:
    return [(one.step.value, zone_label(one.at, zone), one.says) for one in letter.steps]


def _begin(request: HttpRequest, owner: books.Client, card: books.Vendor, now: datetime) -> str:
    posted = request.POST
    months = posted.get("months", "")
    if not months.isdecimal() or not 0 < int(months) <= 120:  # noqa: PLR2004 - ten years
        message = "Say for how many months the letter is good, 1 to 120."
        raise StepRefused(message)
    wanted = NewLetter(
        int(months),
        tuple(posted.getlist("assets")),
        tuple(posted.getlist("people")),
        posted.get("signer", "").strip(),
        posted.get("verify_with", "").strip(),
    )
    row = agency.begin(wanted, card, client=owner, actor=actor_of(request), at=now)
    return f"{row.ref} is drafted. Its text for {owner.name}'s paper is among the letters."


def _step(request: HttpRequest, owner: books.Client, _card: books.Vendor, now: datetime) -> str:
    posted = request.POST
    try:
        step = LetterOfAgencyStep(posted.get("step", ""))
        wall = posted.get("when", "")
        at = local_instant(owner.zone, wall_time(wall)) if wall else now
    except ImpossibleLocalTime:
        raise
    except ValueError as unreadable:
        message = "Choose what happened, and when it did (nothing means now)."
        raise StepRefused(message) from unreadable
    sent = request.FILES.get("file")
    brought = Brought(sent.name or "", sent.read(), posted.get("signed_by", "")) if sent else None
    taken = DatedStep(step, at, posted.get("says", "").strip())
    row = agency.take_step(
        posted.get("letter", ""),
        taken,
        client=owner,
        actor=actor_of(request),
        at=now,
        brought=brought,
    )
    return f"{row.ref}: {step.value}, {zone_label(at, owner.zone)}."


def _introduce(
    request: HttpRequest, owner: books.Client, _card: books.Vendor, now: datetime
) -> str:
    ref = request.POST.get("letter", "")
    draft = agency.introduce(ref, client=owner, actor=actor_of(request), at=now)
    return (
        f"{draft.ref} is drafted: the introduction is among the letters, to be reviewed and sent."
    )


def _ask(request: HttpRequest, owner: books.Client, _card: books.Vendor, now: datetime) -> str:
    signer = owner.contacts.filter(code=request.POST.get("signs", "")).first()
    if signer is None:
        message = "Choose who signs."
        raise SignatureRefused(message)
    ref = request.POST.get("letter", "")
    row = signing.ask_agency(ref, signer, actor=actor_of(request), at=now)
    return f"{ref} is put before {signer.name} as {row}. They sign it on their personal page."


_ACTS: dict[str, Callable[[HttpRequest, books.Client, books.Vendor, datetime], str]] = {
    "begin": _begin,
    "introduce": _introduce,
    "step": _step,
    "ask": _ask,
}


@area("vendors")
@require_safe
def signed_file(request: HttpRequest, client: str, ref: str) -> HttpResponse:
    """The signed letter as it was brought, to its digest."""
    owner = get_object_or_404(books.Client, code=client)
    try:
        letter = agency.letter_row(owner, ref).to_core()
    except UnknownLetterOfAgency as unknown:
        raise Http404(str(unknown)) from unknown
    kept = get_object_or_404(books.FrozenFile, digest=letter.file_digest or "none")
    answer = HttpResponse(bytes(kept.content), content_type=kept.media_type)
    ending = letter.file_name.rpartition(".")[2]
    answer.headers["Content-Disposition"] = f'attachment; filename="{ref}.{ending}"'
    return answer
