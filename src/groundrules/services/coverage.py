"""Coverage decisions into the book: each says who pays for one time entry, from which facts, and supersedes the last.

Deciding again without news writes nothing. A decision is stored whole: segments, reasons, clauses not used, flips,
facts, the rules' digests and the zones' version.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from groundrules.core.answers.model import DecisionHistory
from groundrules.core.coverage.answers import CoverageDecision
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.records.typed_json import dump
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.facts import fact_columns, standing_rows
from groundrules.services.index import CardIndex, index_of
from groundrules.services.shelf import short_digest
from groundrules.services.turns import take_turn
from groundrules.services.world import answer_for


def decide(*, client: books.Client, actor: Actor, at: datetime) -> tuple[books.Decision, ...]:
    """This function will decide every time entry of a client from what is known at `at`, and file what is new."""
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        take_turn(client)
        return file_decisions(client, answer_for(client, at).decisions, actor=actor, at=at)


def file_decisions(
    client: books.Client, histories: Iterable[DecisionHistory], *, actor: Actor, at: datetime
) -> tuple[books.Decision, ...]:
    """This function will file the decisions that say something else than the ones that stand; returns the new rows."""
    made = tuple(histories)
    with transaction.atomic():
        refs = [history.entry for history in made]
        entries = standing_rows(books.TimeEntry, client, refs)
        standing = standing_rows(books.Decision, client, refs)
        desk = _Desk(client, index_of(client), actor, at)
        rows: list[books.Decision] = []
        for history in made:
            last = standing.get(history.entry)
            for decision in _news(history, last, at):
                last = desk.write(decision, entries[history.entry], last)
                rows.append(last)
    return tuple(rows)


def verdict_of(decision: CoverageDecision) -> tuple[object, ...]:
    """This function will return what a decision says, without when it was made and how its sentences are worded."""
    segments = tuple(
        (s.period, s.cell, s.outcome, s.clause, s.hourly, s.forgone) for s in decision.segments
    )
    caused = (decision.caused_by, decision.caused_by_vendor, decision.counted_as_loss)
    return (segments, *caused, decision.cost)


def _news(
    history: DecisionHistory, standing: books.Decision | None, at: datetime
) -> tuple[CoverageDecision, ...]:
    """The decisions to add, oldest first, so that the chain ends in the one in force."""
    if standing is None:
        return history.decisions
    last = standing.to_core()
    if verdict_of(last) == verdict_of(history.in_force):
        return ()
    later = tuple(made for made in history.decisions if made.decided_at > last.decided_at)
    # A fact that came in late about an earlier instant: the answer is new now, and dated now.
    return later or (replace(history.in_force, decided_at=at),)


class _Desk:
    """What writing several decisions of one client shares."""

    def __init__(self, client: books.Client, cards: CardIndex, actor: Actor, at: datetime) -> None:
        self.client, self.cards, self.actor, self.at = client, cards, actor, at

    def write(
        self, decision: CoverageDecision, entry: books.TimeEntry, last: books.Decision | None
    ) -> books.Decision:
        """This function will write one decision and its audit entry."""
        outcomes: Counter[str] = Counter()
        for segment in decision.segments:
            outcomes[segment.outcome.value] += segment.seconds
        row = books.Decision.objects.create(
            **fact_columns(decision, decision.entry, self.actor, self.at),
            client=self.client,
            supersedes=last,
            number=decision_number(self.client, decision),
            entry=entry,
            asset=self.cards.asset(decision.asset) if decision.asset else None,
            technician=self.cards.technician(decision.technician),
            decided_at=decision.decided_at,
            outcomes=dict(outcomes),
            clauses=sorted({str(s.clause) for s in decision.segments if s.clause}),
            inputs=_inputs(decision, entry),
            rules=decision.engine.rules,
            zones_version=decision.engine.tzdata,
        )
        says = f"{row.number} on {entry.ref}: {', '.join(sorted(outcomes)).replace('_', ' ')}"
        audited = audit.Entry("coverage.decide", row.number, says, self.client)
        audit.record(audited, actor=self.actor, at=self.at)
        return row


def decision_number(client: books.Client, decision: CoverageDecision) -> str:
    """This function will return what people cite a decision by: `DEC-` and 48 bits of what it says."""
    return f"DEC-{short_digest(client.code + dump(decision))}"


def _inputs(decision: CoverageDecision, entry: books.TimeEntry) -> list[list[str]]:
    """The identities of what the decision rests on: kind, reference, and for the entry the digest of its text."""
    facts = sorted({(fact.kind, fact.ref) for fact in decision.facts})
    return [["time entry", entry.ref, entry.digest], *([kind, ref] for kind, ref in facts)]
