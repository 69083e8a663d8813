"""One world, one instant, every answer: the chain from change to invoice, each link answered by its own room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from groundrules.core.agreements.versions import UnknownVersion
from groundrules.core.answers.conversing import clocks, commitments, logged
from groundrules.core.answers.correspondence import Desk, letters_of
from groundrules.core.answers.deciding import decide_entry, decisions_of
from groundrules.core.answers.documents import Issued
from groundrules.core.answers.findings import Findings, remembering
from groundrules.core.answers.known import as_known
from groundrules.core.answers.model import Answers
from groundrules.core.answers.money import charges_of, money_of
from groundrules.core.answers.recovery_story import RecoveryGround
from groundrules.core.answers.reports import Books, reports_of
from groundrules.core.answers.states import states_of
from groundrules.core.answers.taxes import taxes_of
from groundrules.core.answers.vendor_care import letters_of_agency, vendors, windows
from groundrules.core.attribution.answers import Attribution
from groundrules.core.calendars import Calendar
from groundrules.core.causation.answers import CauseAnswer
from groundrules.core.coverage.answers import CoverageDecision, EngineVersion
from groundrules.core.coverage.decide import WorkNotAllocated
from groundrules.core.explanation.answers import Explanation
from groundrules.core.explanation.build import ExplanationView, explain
from groundrules.core.invoices.answers import DocumentKind
from groundrules.core.lifecycle.timeline import binding_version
from groundrules.core.periods import utc
from groundrules.core.world import World


def answer(world: World, at: datetime, engine: EngineVersion) -> Answers:
    """This function will answer everything a world can be asked, from what was known at `at` (aware)."""
    moment = utc(at)
    known = as_known(world, moment)
    findings_at = remembering(world)
    found = findings_at(moment)
    states = states_of(known, found.attributions, moment)
    histories, refused = decisions_of(known, moment, findings_at, engine)
    in_force = tuple(history.in_force for history in histories)
    calendar = _calendar(known, moment)
    issued = _issued(world, moment, engine, findings_at)
    money = money_of(known, in_force, states, issued, moment)
    taxes, untaxed = taxes_of(known, money.invoices, issued)
    money = replace(money, taxes=taxes)
    standing = vendors(known, found.attributions, histories, calendar, moment)
    told = explanations_of(known, found.attributions, found.causes)
    desk = Desk(moment, known, found.attributions, found.causes, told, states, money, standing)
    committed, not_committed = commitments(known)
    return Answers(
        at=moment,
        zone=known.client.zone,
        engine=engine,
        world=known,
        attributions=found.attributions,
        causes=found.causes,
        explanations=told,
        states=states.spans,
        foreseen=states.foreseen,
        decisions=histories,
        money=money,
        notices=states.notices,
        reinstatements=states.reinstatements,
        letters=letters_of(desk),
        letters_of_agency=letters_of_agency(known, moment, calendar),
        windows=windows(known, moment, calendar),
        vendors=standing,
        conversations=logged(known),
        commitments=committed,
        clocks=clocks(known, states.spans, moment),
        reports=reports_of(known, Books(histories, money, issued)),
        refusals=(*states.refusals, *refused, *untaxed, *not_committed),
    )


def recovery_ground(world: World, at: datetime, engine: EngineVersion) -> RecoveryGround:
    """This function will work out what a recovery is told from, and nothing else a world can be asked."""
    moment = utc(at)
    found = Findings(world, moment)
    in_force = tuple(_decided_now(found, engine))
    return RecoveryGround(
        at=moment,
        world=found.world,
        attributions=found.attributions,
        causes=found.causes,
        states=states_of(found.world, found.attributions, moment).spans,
        decisions=in_force,
        charges=charges_of(found.world, in_force, moment),
    )


def _decided_now(found: Findings, engine: EngineVersion) -> Iterator[CoverageDecision]:
    """The decisions in force, without the way there; work that can't be decided yet has none."""
    for entry in found.world.work:
        with suppress(WorkNotAllocated, UnknownVersion):
            yield decide_entry(entry, found, engine)


def _issued(
    world: World, at: datetime, engine: EngineVersion, findings_at: Callable[[datetime], Findings]
) -> tuple[Issued, ...]:
    """Every invoice issued before `at`: as it was sent, or drafted again from what was known when it went out.

    Oldest first, each from the ones before it: asking every one for its own predecessors would double the work with
    each further document.
    """
    periods = [(utc(p.issued_at), p) for p in world.to_bill if p.issued_at is not None]
    sent = {document.number: document.draft for document in world.documents}
    documents: list[tuple[datetime, Issued]] = []
    for moment, period in sorted(periods, key=lambda pair: pair[0]):
        if moment >= at:
            break
        if period.invoice in sent:
            documents.append((moment, Issued(period, sent[period.invoice])))
            continue
        found = findings_at(moment)
        histories, _ = decisions_of(found.world, moment, findings_at, engine)
        in_force = tuple(history.in_force for history in histories)
        states = states_of(found.world, found.attributions, moment)
        earlier = tuple(document for issued_at, document in documents if issued_at < moment)
        then = money_of(found.world, in_force, states, earlier, moment).invoices
        documents += [
            (moment, Issued(period, d))
            for d in then
            if d.period_start == period.first and d.kind is DocumentKind.INVOICE
        ]
    places = {period: place for place, period in enumerate(world.to_bill)}
    ordered = sorted((document for _, document in documents), key=lambda d: places[d.period])
    return tuple(ordered)


def explanations_of(
    world: World, attributions: tuple[Attribution, ...], causes: tuple[CauseAnswer, ...]
) -> tuple[Explanation, ...]:
    """This function will put each incident's answers in the order a client reads them."""
    changes = {c.id: c for c in world.changes}
    made = {a.change: a for a in attributions}
    incidents = {i.id: i for i in world.incidents}
    return tuple(
        explain(
            ExplanationView(
                zone=world.client.zone,
                incident=incidents[cause.incident],
                cause=cause,
                changes=changes,
                attributions=made,
                gaps=world.gaps,
            )
        )
        for cause in causes
    )


def _calendar(world: World, at: datetime) -> Calendar:
    version = binding_version(world.agreement, at)
    return (version or world.agreement.versions[-1]).calendar
