"""Explanations as the books have them: the answers that stand for an incident, put in the order a client reads."""

from __future__ import annotations

from groundrules.core.explanation.answers import Explanation
from groundrules.core.explanation.build import ExplanationView, explain
from groundrules.core.ids import ChangeId
from groundrules.records import models as books


def explanation_of(incident: books.Incident) -> Explanation | None:
    """This function will explain an incident from the answers on record; None while nobody has asked for its cause."""
    cause = _standing_cause(incident)
    if cause is None:
        return None
    answer = cause.to_core()
    refs = [h.change for h in answer.hypotheses]
    changes = books.Change.objects.current().filter(client=incident.client_id, ref__in=refs)
    made = books.Attribution.objects.current().filter(
        client=incident.client_id, ref__in=answer.established
    )
    known = {ChangeId(row.ref): row.to_core() for row in changes}
    spans = [answer.onset, *(known[r].interval for r in answer.established if r in known)]
    gaps = books.Gap.objects.current().filter(
        client=incident.client_id,
        asset=incident.asset_id,
        not_before__lte=max(span.not_after for span in spans),
        not_after__gte=min(span.not_before for span in spans),
    )
    view = ExplanationView(
        zone=incident.asset.zone or incident.asset.client.zone,
        incident=incident.to_core(),
        cause=answer,
        changes=known,
        attributions={ChangeId(row.ref): row.to_core() for row in made},
        gaps=tuple(row.to_core() for row in gaps),
    )
    return explain(view)


def _standing_cause(incident: books.Incident) -> books.Cause | None:
    rows = books.Cause.objects.filter(client=incident.client_id, ref=incident.ref)
    return rows.order_by("recorded_at", "pk").last()
