"""The dependency map of one server, or of one application on it; and the edits people make, each with a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.core.parties import DependencyGrade
from groundrules.records.parties import Application, Asset, Dependency
from groundrules.services import dependencies
from groundrules.services.actor import NotAllowed
from groundrules.web.access import actor_of, area
from groundrules.web.dependencies.graph import draw, edges_of
from groundrules.web.tables.kit import Column, Filter, Table, respond

_REFUSALS = (dependencies.ReasonMissing, dependencies.EdgeUnknown, NotAllowed)
_STRENGTH = Case(
    When(grade=DependencyGrade.OBSERVED.value, then=Value(0)),
    When(grade=DependencyGrade.DECLARED.value, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def _named(rows: QuerySet[Dependency], text: str) -> QuerySet[Dependency]:
    return rows.filter(Q(dependent__icontains=text) | Q(component__icontains=text))


def _note_names(rows: Sequence[Dependency]) -> None:
    """An application is shown by its name; an edge knows its code."""
    codes = {name for row in rows for name in (row.dependent, row.component)}
    found = Application.objects.filter(client__in={row.client_id for row in rows}, code__in=codes)
    names = {(a.client_id, a.code): a.name for a in found}
    for row in rows:
        for end in ("dependent", "component"):
            code = getattr(row, end)
            vars(row)[f"{end}_shown"] = names.get((row.client_id, code), code)


def _shown(end: str) -> Callable[[Dependency], str]:
    return lambda row: str(vars(row).get(f"{end}_shown") or getattr(row, end))


DEPENDENCIES: Table[Dependency] = Table(
    name="dependencies",
    columns=(
        Column("dependent", "What", _shown("dependent"), sort="dependent"),
        Column("component", "Needs", _shown("component"), sort="component"),
        Column("grade", "How known", lambda d: d.grade, sort="strength"),
        Column("source", "From", lambda d: d.source or "a case file or card"),
    ),
    filters=(
        Filter(
            "grade",
            "How known",
            lambda rows, grade: rows.filter(grade=grade),
            tuple((g.value, g.value) for g in DependencyGrade),
        ),
        Filter("q", "Name", _named),
    ),
    order="dependent",
    prepare=_note_names,
    empty="No dependency is on record. A change on this server is then known by the same host only.",
)


@area("servers")
def server_dependencies(request: HttpRequest, client: str, code: str) -> HttpResponseBase:
    """What the applications of a server need: the drawing, the equal table (also as CSV), and the edits."""
    asset = get_object_or_404(
        Asset.objects.select_related("client"), client__code=client, code=code
    )
    wanted = request.GET.get("application", "")
    applications = list(asset.applications.order_by("name"))
    chosen = [a for a in applications if wanted in {"", a.code}]
    edges = edges_of(chosen, list(asset.client.dependencies.order_by("dependent", "component")))
    rows = Dependency.objects.filter(pk__in=[e.pk for e in edges]).annotate(strength=_STRENGTH)
    context = {
        "asset": asset,
        "applications": applications,
        "wanted": wanted,
        "drawing": draw(chosen, edges),
        "edges": edges,
    }
    return respond(request, DEPENDENCIES, rows, "web/dependencies/map.html", context)


@area("servers")
@require_POST
def edit_dependencies(request: HttpRequest, client: str, code: str) -> HttpResponse:
    """Add an edge somebody knows of, or take one out; the reason stays in the audit book."""
    asset = get_object_or_404(
        Asset.objects.select_related("client"), client__code=client, code=code
    )
    verb = dependencies.withdraw if "withdraw" in request.POST else dependencies.state
    dependent, component = _edge(request)
    try:
        verb(
            asset.client,
            dependent,
            component,
            reason=request.POST.get("reason", ""),
            actor=actor_of(request),
            at=timezone.now(),
        )
        done = "taken out of" if verb is dependencies.withdraw else "in"
        messages.info(request, f"{dependent} needs {component}: {done} the map.")
    except _REFUSALS as refused:
        messages.error(request, str(refused))
    return redirect("web:dependencies", client, code)


def _edge(request: HttpRequest) -> tuple[str, str]:
    """The two names of the edge: as written, or as one chosen line of the list."""
    if "edge" in request.POST:
        dependent, _, component = request.POST["edge"].partition("\n")
        return dependent.strip(), component.strip()
    return request.POST.get("dependent", ""), request.POST.get("component", "")
