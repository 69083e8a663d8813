"""A file that waits to be brought in: which column is which, the rehearsal row by row, and keeping it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from groundrules.core.cells import defused
from groundrules.records.models import LongRun, WaitingImport
from groundrules.services.actor import NotAllowed
from groundrules.services.imports import waiting
from groundrules.services.imports.fields import KINDS, Field
from groundrules.services.imports.mapping import Mapped
from groundrules.services.imports.running import ImportCame, ImportRefused
from groundrules.web.access import actor_of, area
from groundrules.web.connect.imports import kind_name
from groundrules.web.times import minute
from groundrules.web.words import sentence

_ZONE = "UTC"
_SHOWN = 200
_ORDER = {"error": 0, "left": 1, "add": 2, "same": 3}
_WORDS = {
    "error": "at fault",
    "left": "left as it is",
    "add": "would come",
    "same": "there already",
}
_LEVELS = {"error": "critical", "left": "warning", "add": "good", "same": "good"}
_INSTANTS = ("%m/%d/%Y %I:%M %p", "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S")
_FIELD_NAMES = frozenset(one.name for kind in KINDS.values() for one in kind.fields)
_REFUSALS = (waiting.NothingWaits, ImportRefused, NotAllowed)


class WordsUnreadable(ValueError):
    """A line of the words that differ is not in its form."""


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field as the form shows it: the column it is in, or what stands for it in every row."""

    field: Field
    says: str
    column: str
    constant: str


@area("imports")
@require_http_methods(["GET", "HEAD", "POST"])
def waiting_file(request: HttpRequest, number: int) -> HttpResponse:
    """The file's columns and what its last rehearsal came to; its form rehearses, keeps or puts away."""
    row = WaitingImport.objects.filter(pk=number).first()
    if row is None:
        messages.info(request, "That file was kept or put away already.")
        return redirect("web:imports")
    if row.run is not None and row.run.ended_at is None:
        return redirect("web:run", row.run.pk)
    if request.method != "POST":
        return _page(request, row)
    try:
        return _act(request, row)
    except WordsUnreadable as unreadable:
        messages.error(request, f"Nothing was tried. {sentence(str(unreadable))}")
        return _page(request, row, status=422)
    except _REFUSALS as refused:
        messages.error(request, f"Nothing was kept. {sentence(str(refused))}")
    return redirect("web:import-waiting", number)


def _act(request: HttpRequest, row: WaitingImport) -> HttpResponse:
    act, actor, at = request.POST.get("act", ""), actor_of(request), timezone.now()
    if act == "away":
        name = waiting.put_away(row.pk, actor=actor, at=at)
        messages.info(request, f"{name} is put away; nothing of it was kept.")
        return redirect("web:imports")
    if act in ("keep", "keep-good"):
        came = waiting.keep(row.pk, without_errors=act == "keep-good", actor=actor, at=at)
        return (
            redirect("web:run", came.pk) if isinstance(came, LongRun) else _kept(request, row, came)
        )
    run = waiting.rehearse(row.pk, _mapping(request, row), actor=actor, at=at)
    return redirect(f"{request.path}#came") if run is None else redirect("web:run", run.pk)


def _kept(request: HttpRequest, row: WaitingImport, came: ImportCame) -> HttpResponse:
    if came.batch is None:
        messages.error(request, "Nothing was kept, because rows are at fault now; look below.")
        return redirect("web:import-waiting", row.pk)
    messages.info(request, f"{row.name} is brought in: {_counted(came.counts)}.")
    return redirect("web:import", came.batch)


def _counted(counts: Mapping[str, int]) -> str:
    known = sorted(counts.items(), key=lambda one: _ORDER.get(one[0], 9))
    words = {**_WORDS, "add": "added", "error": "left out"}
    return ", ".join(f"{count} {words.get(action, action)}" for action, count in known)


def _mapping(request: HttpRequest, row: WaitingImport) -> Mapped:
    posted = request.POST
    names = [one.name for one in KINDS[row.kind].fields] if row.kind in KINDS else []
    constants = {name: posted.get(f"always-{name}", "").strip() for name in names}
    return Mapped(
        columns={name: posted.get(f"column-{name}", "") for name in names},
        values=_words(posted.get("words", "")),
        constants={name: said for name, said in constants.items() if said},
        zone=posted.get("zone", "").strip(),
        currency=posted.get("currency", "").strip(),
        instants=posted.get("instants", "").strip(),
        prefix=posted.get("prefix", "").strip() or Mapped().prefix,
    )


def _words(text: str) -> dict[str, dict[str, str]]:
    """What stands for their words: a line each, `field: theirs = ours`."""
    values: dict[str, dict[str, str]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, colon, said = line.partition(":")
        theirs, equals, ours = said.rpartition(" = ")
        if not (colon and equals and theirs.strip() and ours.strip()):
            message = f"line {number} of the words that differ is not like technician: jsmith = J"
            raise WordsUnreadable(message)
        values.setdefault(name.strip(), {})[theirs.strip()] = ours.strip()
    return values


def _page(request: HttpRequest, row: WaitingImport, status: int = 200) -> HttpResponse:
    look, mapping = waiting.look_at(row), waiting.mapping_of(row)
    told = sorted(row.rehearsal, key=lambda one: _ORDER.get(one["action"], 9))
    counts = Counter(one["action"] for one in told)
    words = [f"{name}: {a} = {b}" for name, said in mapping.values.items() for a, b in said.items()]
    context = {
        "file": row,
        "kind": kind_name(row.kind),
        "look": look,
        "unread": _unread(look),
        "fields": _fields(row, look, mapping),
        "first": [[(name, one.cells.get(name, "")) for name in look.columns] for one in look.first],
        "mapping": mapping,
        "words": request.POST.get("words", "\n".join(words)),
        "zones": sorted(available_timezones()),
        "forms": _INSTANTS,
        "zoned": row.kind in ("clients", "itflow", "time", "patches"),
        "dated": row.kind in ("time", "patches"),
        "rehearsed": minute(row.rehearsed_at, _ZONE) if row.rehearsed_at else "",
        "came": [_shown(one) for one in told[:_SHOWN]],
        "more": max(len(told) - _SHOWN, 0),
        "counts": [(_WORDS[name], counts[name]) for name in _ORDER if counts[name]],
        "faults": counts["error"],
        "good": len(told) - counts["error"],
    }
    return render(request, "web/connect/import-waiting.html", context, status=status)


def _fields(row: WaitingImport, look: waiting.Look, mapping: Mapped) -> list[FieldRow]:
    fields = KINDS[row.kind].fields if row.kind in KINDS else ()
    return [
        FieldRow(
            one,
            one.name.replace("_", " "),
            look.found.get(one.name, ""),
            mapping.constants.get(one.name, ""),
        )
        for one in fields
    ]


def _unread(look: waiting.Look) -> list[str]:
    """The columns that no field is found in: nobody should think they came along."""
    found = set(look.found.values())
    return [name for name in look.columns if name and name not in found]


def _shown(one: Mapping[str, Any]) -> dict[str, str]:
    action = one["action"]
    return {
        "row": f"{one['kind']} row {one['number']}",
        "word": _WORDS.get(action, action),
        "level": _LEVELS.get(action, "unknown"),
        "says": _field_in_words(one["says"]),
    }


def _field_in_words(says: str) -> str:
    """What is at fault names its field first, by the form's words: `started at` instead of `started_at`."""
    name, mark, rest = says.partition(":" if ":" in says.split(" ", 1)[0] else " ")
    return f"{name.replace('_', ' ')}{mark}{rest}" if name in _FIELD_NAMES else says


@area("imports")
@require_safe
def faults(_request: HttpRequest, number: int) -> HttpResponse:
    """The rows the last rehearsal found at fault, with what is at fault, to be mended and handed in again."""
    row = get_object_or_404(WaitingImport, pk=number)
    wrong = [one for one in row.rehearsal if one["action"] == "error"]
    there = {name for one in wrong for name in one["cells"]}
    # In the file's own order: PostgreSQL keeps none of its own. A dump's rows have no file to follow.
    columns = [name for name in waiting.look_at(row).columns if name in there] or sorted(there)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([defused(name) for name in (*columns, "what is at fault")])
    for one in wrong:
        cells = [one["cells"].get(name, "") for name in columns]
        writer.writerow([defused(cell) for cell in (*cells, one["says"])])
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="import-{number}-faults.csv"'
    return answer
