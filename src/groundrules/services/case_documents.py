"""States, documents and vendors in the words of a case file's expectations; the second half of `case_actuals`."""

from __future__ import annotations

from groundrules.core.agreements.facts import Outcome
from groundrules.core.answers.model import (
    Answers,
    NoticeAnswer,
    Refusal,
    VendorAnswer,
    WindowAnswer,
)
from groundrules.core.answers.recovery_story import recovery_story
from groundrules.core.calendars import zone_label
from groundrules.core.causation.readiness import ReadinessGap
from groundrules.core.conversations import Commitment, Logged
from groundrules.core.ids import ChangeId
from groundrules.core.invoices.answers import InvoiceDraft, InvoiceLine
from groundrules.core.invoices.tax import Taxed
from groundrules.core.letters.answers import LetterDraft, Paragraph
from groundrules.core.lifecycle.answers import ReinstatementAnswer
from groundrules.core.lifecycle.timeline import state_at
from groundrules.core.recovery import Recovery, data_loss_seconds, seconds_to_recover
from groundrules.core.sla import Clock
from groundrules.core.vendors import LetterOfAgencyStatus
from groundrules.core.work import ThirdPartyAttempt, TimeEntry
from groundrules.readers.case_file import model_expect_documents as expect
from groundrules.services.case_actuals import minutes


def states(
    wanted: tuple[expect.ExpectedState, ...], answers: Answers
) -> tuple[expect.ExpectedState, ...]:
    """This function will state the coverage of each asset at each instant that was asked about."""
    found = []
    for question in wanted:
        span = state_at(answers.states_of(question.asset), question.at)
        found.append(
            expect.ExpectedState(
                asset=question.asset,
                at=question.at,
                state=span.state,
                clause=span.clause,
                since=span.period.start,
            )
        )
    return tuple(found)


def notice(found: NoticeAnswer) -> expect.ExpectedNotice:
    """This function will state what a notice comes to."""
    ground, effects = found.ground, found.effects
    return expect.ExpectedNotice(
        notice=found.notice.id,
        received=found.arithmetic.deemed_received,
        last_day=found.arithmetic.last_notice_day,
        suspends=effects.from_at if effects else None,
        refused=found.arithmetic.refusal,
        steps=found.arithmetic.steps,
        facts=tuple(_changes(found)) if ground else (),
        stays_covered=effects.stays_covered if effects else (),
    )


def _changes(found: NoticeAnswer) -> list[ChangeId]:
    facts = found.ground.facts if found.ground else ()
    return [ChangeId(fact.ref) for fact in facts]


def reinstatement(found: ReinstatementAnswer) -> expect.ExpectedReinstatement:
    """This function will state what stands between an asset and coverage."""
    return expect.ExpectedReinstatement(
        asset=found.asset,
        open=found.open,
        covered_from=found.effective_at,
        conditions=tuple(
            expect.ExpectedCondition(c.terms.id, c.bucket, c.met_at, c.sentence)
            for c in found.conditions
        ),
        says=(found.sentence,),
    )


def invoices(answers: Answers) -> tuple[expect.ExpectedInvoice, ...]:
    """This function will state each drafted document with every line and every tax."""
    drafts = answers.money.invoices
    taxes = answers.money.taxes or (Taxed(),) * len(drafts)
    return tuple(_invoice(draft, taxed) for draft, taxed in zip(drafts, taxes, strict=True))


def _invoice(found: InvoiceDraft, taxed: Taxed) -> expect.ExpectedInvoice:
    return expect.ExpectedInvoice(
        first=found.period_start,
        kind=found.kind,
        corrects=found.corrects,
        total=found.total,
        value_uncharged=found.value_uncharged,
        lines=tuple(_line(line) for line in found.lines),
        taxes=tuple(expect.ExpectedTax(str(s.tax), s.base, s.amount) for s in taxed.shares),
        to_pay=found.total + taxed.total(found.currency),
    )


def _line(found: InvoiceLine) -> expect.ExpectedLine:
    return expect.ExpectedLine(
        kind=found.kind,
        amount=found.amount,
        asset=found.asset,
        value=found.value,
        clause=found.clause,
        time=minutes(int(found.minutes * 60)) if found.minutes is not None else None,
        working=found.working,
        says=found.description,
    )


def letter(found: LetterDraft) -> expect.ExpectedLetter:
    """This function will state a drafted letter with its whole text."""
    text = (found.subject, *(part for p in found.paragraphs for part in _text_of(p)))
    return expect.ExpectedLetter(
        kind=found.kind,
        asset=found.asset,
        to=found.to,
        letterhead=found.letterhead,
        clauses=found.clauses,
        says=text,
        never_says=text,
    )


def _text_of(paragraph: Paragraph) -> tuple[str, ...]:
    return (paragraph.heading, paragraph.text, *paragraph.items)


def refusal(found: Refusal) -> expect.ExpectedRefusal:
    """This function will state what was refused."""
    return expect.ExpectedRefusal(found.about, found.sentence, found.refusal)


def recovery(found: Recovery, answers: Answers) -> expect.ExpectedRecovery:
    """This function will state what an incident lost, what the work came to, and what is told apart."""
    seconds = seconds_to_recover(found)
    story = recovery_story(answers, found.incident)
    covered = sum(one.seconds for one in story.hours if one.outcome is Outcome.COVERED)
    return expect.ExpectedRecovery(
        incident=found.incident,
        data_loss=minutes(data_loss_seconds(found)),
        time_to_recover=None if seconds is None else minutes(seconds),
        records_lost=found.records_lost,
        has_baseline=found.baseline is not None,
        covered=minutes(covered),
        charged=story.charged,
        changes=tuple(
            expect.ExpectedToldApart(one.change.id, one.origin, one.phase, (one.sentence,))
            for one in story.changes
        ),
        followed=tuple(
            expect.ExpectedFollowed(one.incident.id, one.origin, (one.sentence,))
            for one in story.followed
        ),
    )


def letter_of_agency(found: LetterOfAgencyStatus) -> expect.ExpectedLetterOfAgency:
    """This function will state where a letter of agency stands."""
    return expect.ExpectedLetterOfAgency(
        letter=found.letter,
        state=found.state,
        in_force=found.in_force,
        valid_until=found.valid_until,
        last_day=found.last_valid_day,
        follow_up=found.follow_up_due,
        reminder=found.reminder_day,
        says=found.sentence,
    )


def window(found: WindowAnswer, answers: Answers) -> expect.ExpectedWindow:
    """This function will state whether a window may be approved, and how visits departed from it."""
    own = next(w for w in answers.world.windows if w.id == found.window)
    zones = dict.fromkeys(
        (answers.zone, answers.world.provider.zone, *(v.zone for v in answers.world.vendors))
    )
    edges = (own.period.start, own.period.end or own.period.start)
    return expect.ExpectedWindow(
        window=found.window,
        allowed=found.approval.allowed,
        refused=tuple(reason.sentence for reason in found.approval.refusals),
        review_by=found.approval.review_due,
        deviations=tuple(
            expect.ExpectedDeviation(d.session, d.kind, minutes(d.seconds))
            for d in found.deviations
        ),
        shown=tuple(zone_label(edge, zone) for zone in zones if zone for edge in edges),
    )


def vendor(found: VendorAnswer) -> expect.ExpectedVendor:
    """This function will state a vendor's score and what it is made of."""
    return expect.ExpectedVendor(
        vendor=found.vendor,
        score=found.card.score,
        confirmed_changes=found.tally.confirmed_changes,
        undetermined_changes=found.tally.undetermined_changes,
        out_of_window_sessions=found.tally.out_of_window_sessions,
        cleanup=minutes(found.tally.cleanup_seconds),
        replacement_offered=found.offer.offered,
        replacement_from=found.offer.from_day,
        says=" ".join((*(step.says for step in found.card.steps), found.offer.sentence)),
    )


def readiness(found: ReadinessGap) -> expect.ExpectedReadiness:
    """This function will state what could not be proven today."""
    return expect.ExpectedReadiness(found.asset, found.name, f"{found.sentence} {found.remedy}")


def conversation(found: Logged) -> expect.ExpectedConversation:
    """This function will state what a message changed and who was copied."""
    return expect.ExpectedConversation(
        found.message, found.copied, found.may_commit, found.sentence
    )


def commitment(found: Commitment) -> expect.ExpectedCommitment:
    """This function will state a promise that counts."""
    return expect.ExpectedCommitment(found.message, found.approved_by)


def clock(found: Clock) -> expect.ExpectedClock:
    """This function will state a service clock."""
    return expect.ExpectedClock(
        incident=found.incident,
        counted=minutes(found.counted_seconds),
        without_pause=minutes(found.without_pause_seconds),
        met=found.met,
        runs=found.runs,
        says=f"{found.sentence} {found.working}",
    )


def attempt(found: ThirdPartyAttempt, work: tuple[TimeEntry, ...]) -> expect.ExpectedAttempt:
    """This function will state help that was asked for, and the work it was asked during."""
    during = tuple(entry.id for entry in work if entry.period.contains(found.at))
    return expect.ExpectedAttempt(found.party, found.at, found.outcome, during)
