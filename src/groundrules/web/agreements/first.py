"""A new client and its first agreement in two steps: parties and choices, then quantities and proven sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from groundrules.core.agreements.library import COUNSEL, Library, LibraryEntry, LibraryRefused
from groundrules.core.agreements.table import NotPublishable
from groundrules.records import models as books
from groundrules.services import first_agreement
from groundrules.services.actor import NotAllowed
from groundrules.services.clause_library import Answered, DraftRefused, load_library
from groundrules.web.access import actor_of, area
from groundrules.web.words import sentence

_REFUSALS = (
    DraftRefused,
    LibraryRefused,
    NotPublishable,
    NotAllowed,
    first_agreement.ClientExists,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """Entries of which one is chosen, or none where none is usual."""

    name: str
    title: str
    entries: tuple[LibraryEntry, ...]
    chosen: str
    may_be_none: bool


@area("agreements")
@require_http_methods(["GET", "HEAD", "POST"])
def new_client(request: HttpRequest) -> HttpResponse:
    """Step one asks for parties and choices; step two for quantities, and publishes."""
    library = load_library()
    if request.method != "POST":
        return _page(request, library)
    try:
        answered = _answered(request, library)
        if request.POST.get("act") == "publish":
            made = first_agreement.publish_first(
                answered, actor=actor_of(request), at=timezone.now()
            )
            messages.info(request, f"{made} is published, with the cards of client and servers.")
            return redirect(
                "web:agreement", made.agreement.client.code, made.agreement.code, made.version
            )
        drafted, _ = first_agreement.draft_world(answered)
    except _REFUSALS as refused:
        messages.error(request, f"Nothing was written. {sentence(refused)}")
        return _page(request, library, status=422)
    except ValueError:
        messages.error(request, "Nothing was written. Write the day as 2026-12-01.")
        return _page(request, library, status=422)
    return _page(request, library, sentences=drafted.sentences)


def _answered(request: HttpRequest, library: Library) -> Answered:
    posted = request.POST
    chosen = [posted.get(f"choice-{entries[0].choice}", "") for entries in library.alternatives()]
    chosen += posted.getlist("also")
    ids = library.with_choices(tuple(filter(None, chosen)))
    servers = posted.get("servers", "").replace("\n", ",").split(",")
    return Answered(
        client=posted.get("client", "").strip(),
        provider=_provider_name() or posted.get("provider", "").strip(),
        contact=posted.get("contact", "").strip(),
        servers=tuple(name.strip() for name in servers if name.strip()),
        begins=date.fromisoformat(posted.get("begins", "").strip()),
        signed=timezone.now().date(),
        choose=tuple(filter(None, chosen)),
        parameters={
            p.name: said
            for p in library.questions(ids)
            if (said := posted.get(f"p-{p.name}", "").strip())
        },
    )


def _provider_name() -> str:
    card = books.Provider.objects.order_by("pk").first()
    return card.name if card else ""


def _page(
    request: HttpRequest, library: Library, sentences: tuple[str, ...] = (), status: int = 200
) -> HttpResponse:
    posted = request.POST
    choices = [_choice(request, entries) for entries in library.alternatives()]
    also = posted.getlist("also")
    picked = tuple(filter(None, (*(choice.chosen for choice in choices), *also)))
    ids = library.with_choices(picked)
    context = {
        "provider": _provider_name(),
        "tomorrow": (timezone.now() + timedelta(days=1)).date().isoformat(),
        "posted": posted,
        "choices": choices,
        "optional": [(e, e.id in also) for e in library.entries if not e.choice and not e.standard],
        "questions": [
            (p, posted.get(f"p-{p.name}", "") or p.default) for p in library.questions(ids)
        ],
        "sentences": sentences,
        # What was refused is shown again as it was typed, quantities too.
        "typed": any(name.startswith("p-") for name in posted),
        "counsel": COUNSEL,
    }
    return render(request, "web/agreements/first.html", context, status=status)


def _choice(request: HttpRequest, entries: tuple[LibraryEntry, ...]) -> Choice:
    usual = next((entry.id for entry in entries if entry.standard), "")
    name = entries[0].choice
    chosen = request.POST.get(f"choice-{name}", usual)
    title = name.replace("-", " ").capitalize()
    return Choice(name, title, entries, chosen, may_be_none=not usual)
