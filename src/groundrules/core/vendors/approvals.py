"""May this access be approved? Every obstacle is listed at once, so that a request is fixed in one round."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from groundrules.core.calendars import Calendar, zone_label
from groundrules.core.periods import local_date, utc
from groundrules.core.reasons import FactRef, Reason
from groundrules.core.vendors.agency import agency
from groundrules.core.vendors.backups import BackupHours, runs_during
from groundrules.core.vendors.model import (
    AccessWindow,
    ChangeRequestType,
    Freeze,
    LetterOfAgency,
)
from groundrules.core.vendors.rules import RulesStanding

_MINUTE = 60


class ApprovalRefused(ValueError):
    """An access window was to be approved though something stands against it."""


@dataclass(frozen=True, slots=True)
class ApprovalContext:
    """Who asks, who approves, when, and what is on record; business days are the calendar's (site zone).

    `clash_accepted` says that a person saw the other windows and the backups of that time and wants this one beside
    them; `rules` how the vendor stands to the newest rules of engagement, where any are published.
    """

    at: datetime
    requester: str
    approver: str
    calendar: Calendar
    freezes: tuple[Freeze, ...] = ()
    letters: tuple[LetterOfAgency, ...] = ()
    windows: tuple[AccessWindow, ...] = ()
    clash_accepted: bool = False
    rules: RulesStanding | None = None
    backups: tuple[BackupHours, ...] = ()


@dataclass(frozen=True, slots=True)
class ApprovalAnswer:
    """Whether a window may be approved, every refusal, and the local day an emergency must be reviewed by.

    `notes` are what the approver should know and may accept, such as people working at that time.
    """

    allowed: bool
    refusals: tuple[Reason, ...]
    review_due: date | None = None
    notes: tuple[Reason, ...] = ()


def may_approve(window: AccessWindow, context: ApprovalContext) -> ApprovalAnswer:
    """This function will say whether `context.approver` may approve a window at `context.at`, or list why not.

    A freeze refuses all but an emergency with a reason, which is reviewed by the next business day. A missing backup
    confirmation blocks every type. Nobody approves their own request.
    """
    checks = (
        _own_request,
        _decided,
        _over,
        _frozen,
        _without_reason,
        _without_backup,
        _agency,
        _rules,
        _clash,
        _backup_clash,
    )
    refusals = tuple(reason for check in checks for reason in check(window, context))
    emergency = window.type is ChangeRequestType.EMERGENCY
    return ApprovalAnswer(
        allowed=not refusals,
        refusals=refusals,
        review_due=_review_day(window, context) if emergency and not refusals else None,
        notes=_notes(window, context),
    )


def require_approval(window: AccessWindow, context: ApprovalContext) -> ApprovalAnswer:
    """This function will return the answer when approval is allowed; raises ApprovalRefused with the reasons."""
    answer = may_approve(window, context)
    if not answer.allowed:
        message = " ".join(reason.sentence for reason in answer.refusals)
        raise ApprovalRefused(message)
    return answer


def _own_request(window: AccessWindow, context: ApprovalContext) -> list[Reason]:
    if context.requester.strip().casefold() != context.approver.strip().casefold():
        return []
    return [_refusal(window, "own request", "Whoever asks can't approve; another person must.")]


def _decided(window: AccessWindow, context: ApprovalContext) -> list[Reason]:
    if window.denied_at is None or utc(window.denied_at) > utc(context.at):
        return []
    when = zone_label(window.denied_at, context.calendar.zone)
    return [_refusal(window, "denied", f"It was denied {when}; ask for a new window.")]


def _over(window: AccessWindow, context: ApprovalContext) -> list[Reason]:
    end, emergency = window.period.end, window.type is ChangeRequestType.EMERGENCY
    if emergency or end is None or utc(context.at) < end:
        return []
    when = zone_label(end, context.calendar.zone)
    return [
        _refusal(window, "over", f"The window ended {when}; only an emergency is approved after.")
    ]


def _frozen(window: AccessWindow, context: ApprovalContext) -> list[Reason]:
    if window.type is ChangeRequestType.EMERGENCY:
        return []
    return [
        _refusal(
            window,
            "freeze",
            f"Freeze {freeze.id} covers the window{_why(freeze)}; only an emergency is admitted.",
            FactRef("freeze", freeze.id),
        )
        for freeze in sorted(context.freezes, key=lambda f: (f.period.start, f.id))
        if freeze.period.overlaps(window.period)
        and (not freeze.assets or window.asset in freeze.assets)
    ]


def _why(freeze: Freeze) -> str:
    return f" ({freeze.reason})" if freeze.reason else ""


def _without_reason(window: AccessWindow, _context: ApprovalContext) -> list[Reason]:
    if window.type is not ChangeRequestType.EMERGENCY or window.reason.strip():
        return []
    return [_refusal(window, "reason", "An emergency needs its reason in writing.")]


def _without_backup(window: AccessWindow, _context: ApprovalContext) -> list[Reason]:
    if window.backup_confirmed:
        return []
    return [_refusal(window, "backup", "Nobody has confirmed a backup; confirm one first.")]


def _agency(window: AccessWindow, context: ApprovalContext) -> list[Reason]:
    known = any(letter.vendor == window.vendor for letter in context.letters)
    if window.vendor is None or not known:
        return []
    zone = context.calendar.zone
    answer = agency(context.letters, window.vendor, window.asset, context.at, zone)
    return [] if answer.in_force else [_refusal(window, "letter of agency", answer.sentence)]


def _rules(window: AccessWindow, context: ApprovalContext) -> list[Reason]:
    """Unaccepted rules refuse where they say so; an emergency is never turned away for paper."""
    standing = context.rules
    if standing is None or standing.rules is None or not standing.refuses:
        return []
    if window.type is ChangeRequestType.EMERGENCY:
        return []
    says = f"Nobody at the vendor has accepted version {standing.rules.version} of the rules of engagement."
    fact = FactRef("rules", f"{standing.rules.vendor} {standing.rules.version}")
    return [_refusal(window, "rules of engagement", says, fact)]


def clashes(window: AccessWindow, windows: tuple[AccessWindow, ...]) -> tuple[AccessWindow, ...]:
    """This function will list the approved windows of others on the same server at the same time."""
    others = (w for w in windows if w.id != window.id and w.asset == window.asset)
    return tuple(
        w
        for w in sorted(others, key=lambda w: (w.period.start, w.id))
        if w.approved_at is not None
        and w.denied_at is None
        and w.ended_at is None
        and w.period.overlaps(window.period)
    )


def _clash(window: AccessWindow, context: ApprovalContext) -> list[Reason]:
    if context.clash_accepted:
        return []
    zone = context.calendar.zone
    return [
        _refusal(
            window,
            "clash",
            f"Window {other.id} is open on {other.asset} from {zone_label(other.period.start, zone)}; "
            "choose another time, or say that both are wanted.",
            FactRef("window", other.id),
        )
        for other in clashes(window, context.windows)
    ]


def _backup_clash(window: AccessWindow, context: ApprovalContext) -> list[Reason]:
    """What is copied while it is changed is no way back."""
    if context.clash_accepted:
        return []
    zone = context.calendar.zone
    found = runs_during(context.backups, window.asset, window.period, zone)
    return [
        _refusal(
            window,
            "backup clash",
            f"The backup {one.id} ({one.says}) of {window.asset} runs from {zone_label(run.start, zone)} to "
            f"{zone_label(run.end or run.start, zone)}; choose another time, or say that both are wanted.",
            FactRef("backup hours", one.id),
        )
        for one, run in found
    ]


def _notes(window: AccessWindow, context: ApprovalContext) -> tuple[Reason, ...]:
    if window.period.end is None:
        return ()
    minutes = context.calendar.business_seconds(window.period) // _MINUTE
    if not minutes:
        return ()
    says = f"{minutes} min of it lie in business hours: people are working then."
    return (Reason("approval: business hours", says, (FactRef("window", window.id),)),)


def _refusal(window: AccessWindow, rule: str, sentence: str, *facts: FactRef) -> Reason:
    return Reason(f"approval: {rule}", sentence, (FactRef("window", window.id), *facts))


def _review_day(window: AccessWindow, context: ApprovalContext) -> date:
    ends = window.period.end or window.period.start
    return context.calendar.next_business_day(local_date(context.calendar.zone, ends))
