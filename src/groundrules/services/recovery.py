"""Recoveries: noted, listed right after as a baseline, told as a whole, and reported to the client in a letter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from groundrules.core.answers.answer import recovery_ground
from groundrules.core.answers.correspondence import desk_of
from groundrules.core.answers.recovery_letter import draft_recovery
from groundrules.core.answers.recovery_story import (
    NoRecovery,
    RecoveryStory,
    recovery_story,
    story_from,
)
from groundrules.core.health import Looked
from groundrules.core.ids import IncidentId
from groundrules.core.periods import utc
from groundrules.core.recovery import Baseline, Recovery, RecoveryRefused, checked
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import incidents, letters
from groundrules.services.actor import ENGINE, Actor, require
from groundrules.services.engine import engine_version
from groundrules.services.health.watching import looks_of
from groundrules.services.turns import take_turn
from groundrules.services.world import NoAgreement, NoProvider, answer_for, load_in_part

__all__ = ["NoAgreement", "NoBaselineYet", "NoProvider", "NoRecovery", "RecoveryRefused"]
# What was listed so long before the failure is looked for after it.
_BEFORE = timedelta(days=7)
# What says who changed what, what explains what, and what the work came to; no letters, messages or documents.
_TOLD_FROM = (
    "letters_of_agency",
    "acceptances",
    "windows",
    "sessions",
    "changes",
    "gaps",
    "health_checks",
    "incidents",
    "own_runs",
    "recoveries",
    "third_party_attempts",
    "work",
    "requests",
    "overrides",
    "notices",
    "lifecycle",
    "condition_records",
    "invoices",
    "blocks",
    "disputes",
)
# A collector tells each list anew within a day; what is still missing after that is said to be missing.
_WAIT = timedelta(days=1)
_NOT_AFTER = timedelta(days=2)


class NoBaselineYet(LookupError):
    """Nothing of the server was listed since it was back, so there is no baseline to keep."""


def note(recovery: Recovery, *, client: books.Client, actor: Actor, at: datetime) -> books.Recovery:
    """This function will note a recovery, or what is newly known of it; a baseline that was kept stays.

    Raises RecoveryRefused, also for an incident or server that is not on record.
    """
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        take_turn(client)
        incident = books.Incident.objects.of_client(client).current().filter(ref=recovery.incident)
        if not incident.filter(asset__code=recovery.asset).exists():
            message = (
                f"no incident {recovery.incident} of {recovery.asset} is on record; open it first"
            )
            raise RecoveryRefused(message)
        standing = _standing(client, recovery.incident)
        if standing is not None:
            recovery = _noted_anew(recovery, standing.to_core())
        return incidents.record_recovery(checked(recovery), client=client, actor=actor, at=at)


def _noted_anew(recovery: Recovery, was: Recovery) -> Recovery:
    """The baseline stays while the server was back when it was; the failure is what the record is called by."""
    if utc(was.failed_at) != utc(recovery.failed_at):
        message = (
            f"the recovery of {recovery.incident} is on record with the failure at "
            f"{utc(was.failed_at):%Y-%m-%d %H:%M} UTC; give that instant"
        )
        raise RecoveryRefused(message)
    is_same = was.recovered_at == recovery.recovered_at
    return replace(recovery, baseline=was.baseline) if is_same else recovery


def keep_baseline(
    incident: str, *, client: books.Client, actor: Actor, at: datetime
) -> books.Recovery:
    """This function will keep the first list of each kind made since the server was back as the baseline.

    A list made before that a collector still found true afterwards counts as made when the server was back. The one
    that is kept stands; raises NoRecovery, RecoveryRefused while the server is not back, or NoBaselineYet.
    """
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        take_turn(client)
        row = _standing(client, incident)
        if row is None:
            message = (
                f"no recovery of {incident} is on record; note it first: groundrules recovery note"
            )
            raise NoRecovery(message)
        recovery = row.to_core()
        if recovery.baseline is not None:
            return row
        baseline = baseline_of(row, at)
        recovery = checked(replace(recovery, baseline=baseline))
        return incidents.record_recovery(recovery, client=client, actor=actor, at=at)


def baseline_of(row: books.Recovery, at: datetime) -> Baseline:
    """This function will return the baseline there is by now; raises RecoveryRefused or NoBaselineYet."""
    recovery = row.to_core()
    if recovery.recovered_at is None:
        message = f"{recovery.asset} is not noted as back yet, so nothing can be listed right after"
        raise RecoveryRefused(message)
    back = utc(recovery.recovered_at)
    first = _first_of_each_kind(looks_of(row.asset, at), back)
    if not first:
        message = (
            f"nothing of {recovery.asset} was listed since {back:%Y-%m-%d %H:%M} UTC; run the collector there, or hand "
            "in an inventory (groundrules evidence receive), and try again"
        )
        raise NoBaselineYet(message)
    taken_at = max(max(utc(look.snapshot.taken_at), back) for look in first.values())
    evidence = dict.fromkeys(look.snapshot.citation.evidence for look in first.values())
    return Baseline(taken_at, tuple(sorted(first)), tuple(evidence))


def _first_of_each_kind(looks: Iterable[Looked], back: datetime) -> dict[str, Looked]:
    """By kind: the first list since; where there is none, the newest one before that was found true since."""
    since: dict[str, Looked] = {}
    before: dict[str, Looked] = {}
    for look in sorted(looks, key=lambda one: utc(one.snapshot.taken_at)):
        for kind in look.snapshot.kinds:
            if utc(look.snapshot.taken_at) >= back:
                since.setdefault(kind.value, look)
            else:
                before[kind.value] = look
    held = {kind: look for kind, look in before.items() if utc(look.until) >= back}
    return {**held, **since}


def keep_due(at: datetime) -> tuple[str, ...]:
    """This function will keep the baseline of each server that was back lately, once every kind is listed again.

    After a day it keeps what there is. Returns the incidents it kept one for.
    """
    lately = books.Recovery.objects.current().filter(failed_at__gte=at - timedelta(days=30))
    kept: list[str] = []
    for row in lately.select_related("client", "asset").order_by("pk"):
        recovery = row.to_core()
        back = recovery.recovered_at
        if recovery.baseline is not None or back is None or at - utc(back) > _NOT_AFTER:
            continue
        try:
            found = baseline_of(row, at)
        except NoBaselineYet:
            continue
        if _listed_before(row) <= set(found.kinds) or at - utc(back) >= _WAIT:
            keep_baseline(recovery.incident, client=row.client, actor=ENGINE, at=at)
            kept.append(recovery.incident)
    return tuple(kept)


def _listed_before(row: books.Recovery) -> set[str]:
    """The kinds that were listed in the week before the failure."""
    failed = row.failed_at
    looks = looks_of(row.asset, failed)
    return {
        kind.value
        for look in looks
        if failed - utc(look.snapshot.taken_at) <= _BEFORE
        for kind in look.snapshot.kinds
    }


def tell(incident: str, *, client: books.Client, at: datetime) -> RecoveryStory:
    """This function will tell a recovery as it is known; raises NoRecovery, NoProvider or NoAgreement."""
    if _standing(client, incident) is None:
        message = f"no recovery of {incident} is on record; note it when the server is back: groundrules recovery note"
        raise NoRecovery(message)
    world = load_in_part(client, at, _TOLD_FROM)
    return story_from(recovery_ground(world, at, engine_version(world)), IncidentId(incident))


def draft_letter(
    incident: str, *, client: books.Client, actor: Actor, at: datetime
) -> books.LetterDraft:
    """This function will draft the report of a recovery to the client; newer facts rewrite it until it is approved.

    Raises NoRecovery, NoProvider or NoAgreement.
    """
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        take_turn(client)
        answers = answer_for(client, at)
        letter = draft_recovery(recovery_story(answers, IncidentId(incident)), desk_of(answers))
        return letters.keep_draft(letter, client=client, actor=actor, at=at)


def _standing(client: books.Client, incident: str) -> books.Recovery | None:
    rows = books.Recovery.objects.of_client(client).current().select_related("asset", "client")
    own = [row for row in rows if row.to_core().incident == incident]
    return max(own, key=lambda row: row.failed_at, default=None)
