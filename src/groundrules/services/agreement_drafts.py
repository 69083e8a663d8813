"""Writing the next version: saved as typed, judged while it is written, and published only when it is proven.

Judging writes nothing. What people typed is kept whether it can be read or not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from groundrules.core.agreements.drafting import DraftRead, draft_text, read_draft
from groundrules.core.agreements.matching import UnknownFact
from groundrules.core.agreements.sentences import parse
from groundrules.core.agreements.table import NotPublishable, prove
from groundrules.core.agreements.terms import AgreementVersion, DecidingClause
from groundrules.core.agreements.uplift import carried_to, prices_before_rise
from groundrules.core.periods import Period, local_date, utc
from groundrules.records import models as books
from groundrules.services import agreements, audit, signing
from groundrules.services.actor import Actor, require
from groundrules.services.agreement_check import Amendment, compare_versions
from groundrules.services.world import load_world


class DraftNotReadable(ValueError):
    """A draft with lines nobody can read, or without a date, was to be published."""


class PriceBeforeRise(NotPublishable):
    """A next version would state a price from before a yearly rise, and so undo it."""


class NoVersionYet(LookupError):
    """The agreement has no published version to go on from."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a draft comes to: what could be read, what keeps it from being proven, and what it would change."""

    read: DraftRead
    failures: tuple[str, ...]
    amendment: Amendment | None

    @property
    def is_proven(self) -> bool:
        """True when every line was read and every kind of work is decided exactly once."""
        return self.read.version is not None and not self.failures


def newest(agreement: books.Agreement) -> AgreementVersion:
    """This function will return the newest published version; raises NoVersionYet."""
    rows = agreement.versions.filter(published_at__isnull=False).order_by("-version")
    row = rows.first()
    if row is None:
        message = f"{agreement.title} has no published version to go on from"
        raise NoVersionYet(message)
    return row.to_core()


def text_of(agreement: books.Agreement, at: datetime) -> str:
    """This function will return what has been typed so far, or the newest version's sentences to begin from.

    The sentences state what the prices have become by then.
    """
    saved = books.AgreementDraft.objects.filter(agreement=agreement).first()
    if saved:
        return saved.text
    standing = newest(agreement)
    return draft_text(carried_to(standing, local_date(standing.calendar.zone, at)))


def check_prices(standing: AgreementVersion, following: AgreementVersion) -> None:
    """This function will refuse a next version that states a price from before a yearly rise (PriceBeforeRise)."""
    stale = prices_before_rise(standing, following)
    if stale:
        message = f"Version {following.version} cannot be published. {' '.join(stale)}"
        raise PriceBeforeRise(message)


def keep(
    agreement: books.Agreement, text: str, starts: date | None, *, actor: Actor, at: datetime
) -> books.AgreementDraft:
    """This function will keep what was typed, readable or not; owners only."""
    require(actor)
    with transaction.atomic():
        row, _ = books.AgreementDraft.objects.update_or_create(
            agreement=agreement,
            defaults={
                "text": text,
                "in_force_date": starts,
                "saved_at": at,
                "saved_by": actor.label,
            },
        )
        entry = audit.Entry(
            "agreements.save_draft", agreement.code, "draft saved", agreement.client
        )
        audit.record(entry, actor=actor, at=at)
    return row


def judge(
    agreement: books.Agreement, text: str, *, at: datetime, with_past: bool = False
) -> Judged:
    """This function will read and prove a draft; `with_past` also answers past work under it. Writes nothing."""
    standing = newest(agreement)
    read = read_draft(text, _follows(standing, utc(at)))
    if read.version is None:
        return Judged(read, (), None)
    try:
        failures = tuple(failure.sentence for failure in prove(read.version))
        failures += prices_before_rise(standing, read.version)
    except UnknownFact as unknown:
        return Judged(read, (str(unknown),), None)
    amendment = None
    if with_past and not failures:
        world = load_world(agreement.client, at)
        both = replace(world.agreement, versions=(*world.agreement.versions, read.version))
        changed = replace(world, agreement=both)
        amendment = compare_versions(changed, standing.version, read.version.version, at)
    return Judged(read, failures, amendment)


def read_draft_line(lines: list[str], line: int) -> DecidingClause:
    """This function will return the clause that stands in a line (from 1); raises DraftNotReadable when none does."""
    record = parse(lines[line - 1].strip()) if 0 < line <= len(lines) else None
    if not isinstance(record, DecidingClause):
        message = f"line {line} is no clause that decides work; the text has changed, look again"
        raise DraftNotReadable(message)
    return record


def publish(
    agreement: books.Agreement, text: str, starts: date, *, actor: Actor, at: datetime
) -> books.AgreementVersion:
    """This function will publish a draft as the next version, in force from the local midnight of `starts`.

    Raises DraftNotReadable, PriceBeforeRise, and the core refusals (ClauseGap, ClauseConflict, BackdatedVersion…).
    """
    require(actor)
    with transaction.atomic():
        agreements.hold(agreement)
        return _publish_held(agreement, text, starts, actor, at)


def ask_signature(
    agreement: books.Agreement,
    text: str,
    starts: date,
    signer: books.Contact,
    *,
    actor: Actor,
    at: datetime,
) -> books.SignatureRequest:
    """This function will put a proven draft before a contact; their signature publishes it, and nothing else does.

    Raises as `publish` does, and SignatureRefused for a contact who may not sign. An earlier request counts no more.
    """
    require(actor)
    with transaction.atomic():
        agreements.hold(agreement)
        row = _draft_held(agreement, text, starts, actor, at)
        agreements.check(row, at)
        return signing.ask_agreement(row, signer, actor=actor, at=at)


def waiting_for(agreement: books.Agreement) -> books.SignatureRequest | None:
    """This function will return the request whose signature would publish the next version, or None."""
    row = agreement.versions.filter(published_at__isnull=True).order_by("-version").first()
    if row is None:
        return None
    about, kind = signing.agreement_ref(row), books.SignatureRequest.AGREEMENT
    return signing.standing_request(agreement.client, kind, about)


def _publish_held(
    agreement: books.Agreement, text: str, starts: date, actor: Actor, at: datetime
) -> books.AgreementVersion:
    row = _draft_held(agreement, text, starts, actor, at)
    published = agreements.publish(row, actor=actor, at=at)
    books.AgreementDraft.objects.filter(agreement=agreement).delete()
    return published


def _draft_held(
    agreement: books.Agreement, text: str, starts: date, actor: Actor, at: datetime
) -> books.AgreementVersion:
    standing = newest(agreement)
    zone = ZoneInfo(standing.calendar.zone)
    begins = utc(datetime.combine(starts, time(0), zone))
    read = read_draft(text, _follows(standing, begins, signed=utc(at)))
    if read.version is None:
        problem = read.problems[0]
        where = f"line {problem.line}: " if problem.line else ""
        message = f"this draft is no version yet: {where}{problem.says}"
        raise DraftNotReadable(message)
    check_prices(standing, read.version)
    return agreements.draft(agreement, read.version, actor=actor, at=at)


def _follows(
    standing: AgreementVersion, begins: datetime, signed: datetime | None = None
) -> AgreementVersion:
    return replace(
        standing,
        version=standing.version + 1,
        in_force=Period(begins, None),
        signed_at=signed or begins,
    )
