"""Whether a report that came by mail is taken by itself: who sent it, how far that is proven, and what it is about.

Everything must fit; where one thing does not, a person looks, and is told which. Even what is taken is only reported.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from groundrules.core.backups.answers import (
    BackupPolicy,
    BackupResult,
    RepositoryCheck,
    RestoreDrill,
)
from groundrules.core.mail import Trust
from groundrules.core.periods import utc
from groundrules.core.reasons import counted

LONGEST_WAIT = timedelta(days=3)
MOST_ENTRIES = 200
_CLOCKS_DIFFER = timedelta(minutes=5)
_PROVEN = frozenset({Trust.DOMAIN, Trust.CODE})


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is known of the mail itself: who sent it, how far that is believed, and its two instants."""

    sender: str
    trust: Trust
    trust_says: str
    written_at: datetime | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class MailedReport:
    """What the report in a mail says: whose it is, in its own words, and its entries; `damaged` could not be read."""

    product: str
    client: str
    server: str
    entries: tuple[BackupResult | RestoreDrill | RepositoryCheck, ...]
    damaged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reportable:
    """A backup that the sender may report: the policy, and the code of the client whose server it is."""

    client: str
    policy: BackupPolicy


def may_report(policy: BackupPolicy, sender: str) -> bool:
    """This function will say whether a mail address is the one, or of the very domain, that may report a backup."""
    allowed, address = policy.reports_from, sender.casefold()
    if not allowed or policy.retired:
        return False
    return address == allowed if "@" in allowed else address.rpartition("@")[2] == allowed


def why_not_this_mail(mail: Envelope) -> str:
    """This function will say why nothing in a mail is taken by itself; nothing where it may be."""
    if mail.trust not in _PROVEN:
        return f"its sender is not proven: {mail.trust_says.rstrip('.')}"
    if mail.written_at is None:
        return "it does not say when it was written"
    apart = utc(mail.received_at) - utc(mail.written_at)
    if apart > LONGEST_WAIT or -apart > LONGEST_WAIT:
        return (
            f"it says it was written at {_moment(mail.written_at)} and came at {_moment(mail.received_at)}; "
            f"what came more than {counted(LONGEST_WAIT.days, 'day')} later may be an old mail sent again"
        )
    return ""


def chosen(report: MailedReport, may: Iterable[Reportable]) -> tuple[Reportable | None, str]:
    """This function will find the one backup a report names among those its sender may report; else why there is none.

    The report names the server, the backup in each entry, and the product; the client only where codes are alike.
    """
    if report.damaged:
        return None, f"not all of it can be read ({report.damaged[0]})"
    names = {one.name for one in report.entries}
    if not report.server or len(names) != 1:
        return None, "it does not name exactly one server and one backup"
    if len(report.entries) > MOST_ENTRIES:
        return None, f"it has {len(report.entries)} entries, more than {MOST_ENTRIES}"
    (name,) = names
    about = f"{report.client}/{report.server}" if report.client else report.server
    fits = [
        one
        for one in may
        if (str(one.policy.asset), one.policy.name) == (report.server, name)
        and report.client in {"", one.client}
    ]
    if len(fits) != 1:
        why = (
            "which several clients have; it must name the client"
            if fits
            else "and its sender may not report that"
        )
        return None, f"it is about {name} of {about}, {why}"
    if report.product.casefold() != fits[0].policy.product.casefold():
        told = report.product or "no product"
        return None, f"it is by {told}, and {name} of {about} is made by {fits[0].policy.product}"
    return fits[0], ""


def why_not_now(report: MailedReport, received_at: datetime) -> str:
    """This function will say which entry's time keeps a report from being taken by itself; nothing where none does."""
    arrived = utc(received_at)
    for one in report.entries:
        if utc(one.ended) > arrived + _CLOCKS_DIFFER:
            return f"it says {one.name} ended at {_moment(one.ended)}, after the mail came"
        if utc(one.ended) < arrived - LONGEST_WAIT:
            days = counted(LONGEST_WAIT.days, "day")
            return f"it is about {_moment(one.ended)}, more than {days} before the mail came"
    return ""


def _moment(at: datetime) -> str:
    return f"{utc(at):%Y-%m-%d %H:%M} UTC"
