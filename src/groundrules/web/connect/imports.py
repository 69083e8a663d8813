"""What was brought in from other programs: the list with the form for a file, one import, and taking it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groundrules.records.models import ImportBatch, WaitingImport
from groundrules.services.actor import NotAllowed
from groundrules.services.imports import undoing, waiting
from groundrules.services.imports.fields import KINDS
from groundrules.web.access import actor_of, area
from groundrules.web.times import minute
from groundrules.web.words import sentence

_ZONE = "UTC"
_SHOWN = 100
_STAYING = 10
_NAMES = {
    "clients": "Clients",
    "contacts": "People at clients",
    "assets": "Servers",
    "vendors": "Vendors",
    "time": "Time, from a ticket system",
    "patches": "Patches, from a monitoring system",
    "itflow": "ITFlow, a dump of its database",
}


@area("imports")
@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    """What was brought in, what waits, and the form that hands a file in."""
    if request.method != "POST":
        return _page(request)
    try:
        row = waiting.put_down(_handed_in(request), actor=actor_of(request), at=timezone.now())
    except (waiting.FileRefused, NotAllowed) as refused:
        messages.error(request, f"No file was taken. {sentence(str(refused))}")
        return _page(request, status=422)
    return redirect("web:import-waiting", row.pk)


def _handed_in(request: HttpRequest) -> waiting.HandedIn:
    sent = request.FILES.get("file")
    if sent is None:
        message = "choose the file to bring in"
        raise waiting.FileRefused(message)
    # No byte more than what tells that it is too large.
    raw = sent.read(waiting.MOST_BYTES + 1)
    return waiting.HandedIn(request.POST.get("kind", ""), sent.name or "a file", raw)


def _page(request: HttpRequest, status: int = 200) -> HttpResponse:
    rows = ImportBatch.objects.order_by("-pk")[:_SHOWN]
    there = (
        WaitingImport.objects.order_by("-pk").defer("content", "rehearsal").select_related("run")
    )
    context = {
        "rows": [(row, kind_name(row.kind), minute(row.made_at, _ZONE)) for row in rows],
        "waiting": [(row, kind_name(row.kind), minute(row.made_at, _ZONE)) for row in there],
        "kinds": _NAMES.items(),
        "fields": KINDS.values(),
        "chosen": request.POST.get("kind", ""),
        "at_once": waiting.AT_ONCE_ROWS,
        "most_mib": waiting.MOST_BYTES >> 20,
        "most_rows": f"{waiting.MOST_ROWS:,}",
        "most_work": f"{waiting.MOST_WORK_ROWS:,}",
    }
    return render(request, "web/connect/imports.html", context, status=status)


@area("imports")
@require_safe
def kept(request: HttpRequest, number: int) -> HttpResponse:
    """One import: what it came to, the cards it added, and the way back."""
    row = get_object_or_404(ImportBatch, pk=number)
    cards = list(row.cards.order_by("card", "pk"))
    context = {
        "batch": row,
        "kind": kind_name(row.kind),
        "made": minute(row.made_at, _ZONE),
        "undone": minute(row.undone_at, _ZONE) if row.undone_at else "",
        "cards": [(one.card, one.said.get("code", ""), one.said.get("name", "")) for one in cards],
    }
    return render(request, "web/connect/import.html", context)


@area("imports")
@require_POST
def take_back(request: HttpRequest, number: int) -> HttpResponse:
    """Take the cards of an import away, as far as nothing rests on them."""
    try:
        undone = undoing.undo(number, actor=actor_of(request), at=timezone.now())
    except (undoing.NothingToUndo, NotAllowed) as refused:
        messages.error(request, f"Nothing was taken back. {sentence(str(refused))}")
        return redirect("web:imports")
    cards = "card" if undone.gone == 1 else "cards"
    messages.info(request, f"{undone.gone} {cards} taken away, {len(undone.stay)} stay.")
    for why in undone.stay[:_STAYING]:
        messages.info(request, f"Stays: {sentence(why)}")
    if len(undone.stay) > _STAYING:
        messages.info(request, f"And {len(undone.stay) - _STAYING} more stay.")
    return redirect("web:import", number)


def kind_name(kind: str) -> str:
    """This function will return what people call a kind of row."""
    return _NAMES.get(kind, kind)
