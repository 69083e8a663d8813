"""Reads the collector's report of what an application needs: edges of the dependency map, observed or declared.

The report states no change and no login, so a reading of it counts its edges and claims nothing else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from groundrules.core.evidence import Damage, Reading
from groundrules.core.parties import DependencyGrade
from groundrules.core.periods import utc
from groundrules.readers.context import ReadingContext

READER = "needs/1"
FORMAT = 1
_GRADES = {"observed": DependencyGrade.OBSERVED, "declared": DependencyGrade.DECLARED}
_LONGEST = 200


class NotANeedsReport(ValueError):
    """The bytes are no report of what an application needs, or one in a format of the future."""


@dataclass(frozen=True, slots=True)
class Need:
    """One edge of the report: what is needed, how well that is known, and how it was seen."""

    component: str
    grade: DependencyGrade
    how: str


@dataclass(frozen=True, slots=True)
class NeedsReport:
    """The report: which application on which host, from when to when it was looked at, how often, and what it needs."""

    application: str
    host: str
    began: datetime
    ended: datetime
    looks: int
    needs: tuple[Need, ...]
    damaged: tuple[Damage, ...] = ()


def read_report(raw: bytes) -> NeedsReport:
    """This function will read a whole report; raises NotANeedsReport. An edge that can't be read is damage."""
    document = _document(raw)
    needs, damaged = [], []
    for number, edge in enumerate(document.get("edges", []), start=1):
        problem = _problem(edge)
        if problem:
            damaged.append(Damage(f"edge {number}", problem))
        else:
            needs.append(Need(edge["component"], _GRADES[edge["grade"]], str(edge.get("how", ""))))
    try:
        return NeedsReport(
            application=str(document["application"]),
            host=str(document.get("host", "")),
            began=utc(datetime.fromisoformat(document["began"])),
            ended=utc(datetime.fromisoformat(document["ended"])),
            looks=int(document.get("looks", 0)),
            needs=tuple(needs),
            damaged=tuple(damaged),
        )
    except (KeyError, TypeError, ValueError) as error:
        message = f"the report lacks what it must say: {error}; collect it again"
        raise NotANeedsReport(message) from error


def read_needs(raw: bytes, context: ReadingContext) -> Reading:
    """This function will count a report's edges; bytes that are no report are one damaged record."""
    del context
    try:
        found = read_report(raw)
    except NotANeedsReport as problem:
        return Reading(READER, 0, damaged=(Damage("the report", str(problem)),))
    by_type = {
        f"needs/{grade.value}": sum(need.grade is grade for need in found.needs)
        for grade in _GRADES.values()
    }
    return Reading(
        READER,
        len(found.needs),
        by_type={kind: count for kind, count in by_type.items() if count},
        damaged=found.damaged,
        hosts=(found.host,) if found.host else (),
    )


def _document(raw: bytes) -> dict[str, Any]:
    try:
        document = json.loads(raw)
    except (ValueError, UnicodeDecodeError, RecursionError) as error:
        message = f"this is no JSON: {error}"
        raise NotANeedsReport(message) from error
    if not isinstance(document, dict) or "groundrules-needs" not in document:
        message = "this is no report of what an application needs (no groundrules-needs)"
        raise NotANeedsReport(message)
    if document["groundrules-needs"] != FORMAT:
        form = document["groundrules-needs"]
        message = f"this report is of format {form!r}; this server reads {FORMAT}, so update it"
        raise NotANeedsReport(message)
    if not isinstance(document.get("edges", []), list):
        message = "the report's edges are no list; collect it again"
        raise NotANeedsReport(message)
    return document


def _problem(edge: object) -> str:
    if not isinstance(edge, dict):
        return "it is no object"
    component, grade = edge.get("component"), edge.get("grade")
    if not isinstance(component, str) or not component.strip() or len(component) > _LONGEST:
        return f"its component is no name of up to {_LONGEST} characters"
    known = isinstance(grade, str) and grade in _GRADES
    return "" if known else f"its grade is {grade!r}, not observed or declared"
