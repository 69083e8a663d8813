"""Shelves of our own remote work: patch policies, plans and shells."""

from __future__ import annotations

from groundrules.core.remote import OwnShell, PatchPolicy, WorkPlan
from groundrules.records import models as books
from groundrules.services.shelf import Shelf, reference

REMOTE_SHELVES: dict[type, Shelf] = {
    PatchPolicy: Shelf(
        books.PatchPolicy, lambda v: reference("PCH", v.agreement), lambda _value, _cards: {}
    ),
    WorkPlan: Shelf(
        books.WorkPlan,
        lambda v: v.id,
        lambda v, _cards: {
            "kind": v.kind,
            "ring": v.ring,
            "planned_at": v.planned_at,
            "approved_at": v.approved_at,
        },
    ),
    OwnShell: Shelf(
        books.OwnShell,
        lambda v: v.id,
        lambda v, cards: {
            "asset": cards.asset(v.asset),
            "person": v.person,
            "started_at": v.period.start,
            "ended_at": v.period.end,
        },
    ),
}
