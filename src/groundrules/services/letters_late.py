"""Suspension letters that have not left although their server is off, or soon will be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from groundrules.core.letters.answers import LetterKind
from groundrules.core.lifecycle.answers import EntryKind
from groundrules.core.periods import utc
from groundrules.records.models import LetterDraft, LifecycleEntry
from groundrules.services.world import NoAgreement, NoProvider, answer_for

_SOON = timedelta(days=1)
_OPEN = (LetterDraft.DRAFTED, LetterDraft.APPROVED, LetterDraft.HELD)


@dataclass(frozen=True, slots=True)
class LateLetter:
    """A letter that has not left, from when its server is off, and whether that has come."""

    draft: LetterDraft
    effective_at: datetime
    begun: bool


def suspension_letters_late(at: datetime) -> tuple[LateLetter, ...]:
    """This function will list the suspension letters that wait while their server is off, or is within a day."""
    rows = LetterDraft.objects.filter(
        kind=LetterKind.SUSPENSION.value, state__in=_OPEN, asset__isnull=False
    )
    found = []
    for draft in rows.select_related("client", "asset").order_by("drafted_at", "pk"):
        effective_at = _begun(draft) or _foreseen(draft, at)
        if effective_at is not None and effective_at - _SOON <= at:
            found.append(LateLetter(draft, effective_at, begun=effective_at <= at))
    return tuple(sorted(found, key=lambda late: (late.effective_at, late.draft.pk)))


def _begun(draft: LetterDraft) -> datetime | None:
    """When the suspension the letter tells of began, as it stands in the book."""
    entries = LifecycleEntry.objects.current().filter(
        client=draft.client, asset=draft.asset, effective_at__gte=draft.drafted_at
    )
    first = entries.filter(kind=EntryKind.SUSPENDED.value).order_by("effective_at").first()
    return first.effective_at if first else None


def _foreseen(draft: LetterDraft, at: datetime) -> datetime | None:
    """When it will begin by the notice that runs; None when none does."""
    try:
        notices = answer_for(draft.client, at).notices
    except (NoAgreement, NoProvider):
        return None
    asset = draft.asset.code if draft.asset else ""
    found = [
        utc(one.arithmetic.effective_at)
        for one in notices
        if one.notice.asset == asset and one.arithmetic.effective_at is not None
    ]
    coming = [moment for moment in found if moment > utc(at)]
    return min(coming, default=None)
