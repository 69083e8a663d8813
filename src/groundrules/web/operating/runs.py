"""One long run as a page: how far it is, who started it, what came of it, stopping it, and starting it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from groundrules.records.operating import LongRun
from groundrules.services import long_runs
from groundrules.services.actor import NotAllowed
from groundrules.services.installation.carried import (
    FormUnknown,
    export_later,
)
from groundrules.services.made_files import NotHere, made_file
from groundrules.web.access import actor_of, area, may_open
from groundrules.web.times import clock
from groundrules.web.words import sentence

_ZONE = "UTC"
_LEVELS = {"done": "good", "failed": "critical", "stopped": "warning"}
_WORDS = {
    "done": "Done",
    "failed": "Failed",
    "stopped": "Stopped",
    "waiting": "Waiting",
    "running": "Running",
    "stopping": "Stopping",
}
_REFUSALS = (
    long_runs.UnknownRun,
    long_runs.RunIsOver,
    long_runs.CannotStartAgain,
    NotAllowed,
)


def _of_import(run: LongRun) -> tuple[str, str]:
    if run.outcome == LongRun.DONE and "batch" in run.came:
        return reverse("web:import", args=[run.came["batch"]]), "What was brought in"
    return reverse("web:import-waiting", args=[run.asked["file"]]), "The file and its rows"


def _of_month_end(run: LongRun) -> tuple[str, str]:
    return reverse("web:month-end-run", args=[run.asked["ref"]]), "The month"


def _of_file(run: LongRun) -> tuple[str, str]:
    if run.outcome != LongRun.DONE:
        return "", ""
    return reverse("web:run-file", args=[run.pk]), "Fetch the file (zip)"


def _of_reports(run: LongRun) -> tuple[str, str]:
    return (reverse("web:letters"), "The drafts") if run.done else ("", "")


# Where what came of a run is seen, by its kind: the address, and what stands there.
_RESULTS: Mapping[str, Callable[[LongRun], tuple[str, str]]] = {
    "import": _of_import,
    "month-end": _of_month_end,
    "export": _of_file,
    "documents": _of_file,
    "reports": _of_reports,
}


@area("runs")
@require_safe
def run(request: HttpRequest, number: int) -> HttpResponse:
    """How far a run is; whoever started it has seen its end by this."""
    row = _visible(request, number)
    long_runs.note_seen(row, by=actor_of(request).label, at=timezone.now())
    page, there = _RESULTS[row.kind](row) if row.kind in _RESULTS else ("", "")
    mine = may_open(request, "installation") or row.by == actor_of(request).label
    context = {
        "run": row,
        "word": _WORDS[row.state],
        "level": _LEVELS.get(row.outcome, ""),
        "asked": clock(row.began_at, _ZONE),
        "ended": clock(row.ended_at, _ZONE) if row.ended_at else "",
        "problem": sentence(row.problem) if row.problem else "",
        "says": sentence(row.says),
        "page": page,
        "there": there,
        "stays": row.came.get("stay", []),
        "may_stop": mine and not row.ended_at and not row.stop_asked_by,
        "may_start": mine and row.can_go_on,
    }
    return render(request, "web/operating/run.html", context)


@area("runs")
@require_POST
def act(request: HttpRequest, number: int) -> HttpResponse:
    """Stop a run at its next step, or let one that failed go on."""
    row = _visible(request, number)
    verb = long_runs.start_again if request.POST.get("act") == "again" else long_runs.ask_to_stop
    try:
        verb(row.pk, actor=actor_of(request), at=timezone.now())
    except _REFUSALS as refused:
        messages.error(request, sentence(str(refused)))
    return redirect("web:run", number)


@area("runs")
@require_safe
def file(request: HttpRequest, number: int) -> HttpResponseBase:
    """The file a run made, to be kept."""
    try:
        path = made_file(_visible(request, number), actor=actor_of(request))
    except (NotHere, NotAllowed) as elsewhere:
        messages.error(request, sentence(str(elsewhere)))
        return redirect("web:run", number)
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)


@area("installation")
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Let a worker hand out every book and card."""
    form = request.POST.get("form", "")
    try:
        row = export_later(form, actor=actor_of(request), at=timezone.now())
    except (FormUnknown, NotAllowed) as refused:
        messages.error(request, sentence(str(refused)))
        return redirect("web:installation")
    return redirect("web:run", row.pk)


def _visible(request: HttpRequest, number: int) -> LongRun:
    """Everybody sees the runs they started; who sees how the installation stands sees all."""
    row = LongRun.objects.filter(pk=number).first()
    if row is None or not (may_open(request, "installation") or row.by == actor_of(request).label):
        message = "No long run of yours has this number."
        raise Http404(message)
    return row
