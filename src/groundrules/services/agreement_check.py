"""Agreements before they are signed: is each version of a case file proven, and what would a version change?

Nothing is written. Past work is answered twice, under each version as if it alone had always been in force, so that
people see in their own entries what they are about to agree to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from groundrules.core.agreements.amendments import AmendmentDiff, amendment_diff
from groundrules.core.agreements.table import prove
from groundrules.core.agreements.terms import Agreement, AgreementVersion
from groundrules.core.agreements.uplift import begins_on, carried_to
from groundrules.core.answers.answer import answer
from groundrules.core.answers.model import Answers
from groundrules.core.periods import Period
from groundrules.core.world import World
from groundrules.services.engine import engine_version


class NoSuchVersion(LookupError):
    """An agreement has no version with this number."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One version and, in whole sentences, what keeps it from deciding each kind of work exactly once."""

    version: int
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PastEntry:
    """One time entry that the two versions answer differently: the outcomes and clauses of each."""

    entry: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a version changes: kinds of work and sentences, past entries, and what that work is charged under each."""

    terms: AmendmentDiff
    entries: tuple[PastEntry, ...]
    charged_was: str
    charged_now: str


def prove_versions(agreement: Agreement) -> tuple[Proof, ...]:
    """This function will prove every version of an agreement; raises UnknownFact as the proof does."""
    return tuple(Proof(v.version, tuple(f.sentence for f in prove(v))) for v in agreement.versions)


def compare_versions(world: World, old: int, new: int, at: datetime) -> Amendment:
    """This function will say what version `new` changes against `old`; raises NoSuchVersion."""
    was, now = _version(world.agreement, old), _version(world.agreement, new)
    before = _alone(world, carried_to(was, begins_on(now)), at)
    after = _alone(world, now, at)
    said_before, said_after = _decided(before), _decided(after)
    entries = tuple(
        PastEntry(entry, said, said_after.get(entry, "not decided"))
        for entry, said in sorted(said_before.items())
        if said != said_after.get(entry)
    )
    return Amendment(amendment_diff(was, now), entries, _charged(before), _charged(after))


def _version(agreement: Agreement, number: int) -> AgreementVersion:
    for version in agreement.versions:
        if version.version == number:
            return version
    known = ", ".join(str(version.version) for version in agreement.versions)
    message = f"{agreement.title} has no version {number}; choose from {known}"
    raise NoSuchVersion(message)


def _alone(world: World, version: AgreementVersion, at: datetime) -> Answers:
    """The answers under one version, at the prices of the day on which the newer one begins."""
    start = min(v.in_force.start for v in world.agreement.versions)
    signed = min(v.signed_at for v in world.agreement.versions)
    only = replace(version, in_force=Period(start), signed_at=signed, uplift=None)
    supposed = replace(world, agreement=replace(world.agreement, versions=(only,)))
    return answer(supposed, at, engine_version(supposed))


def _decided(answers: Answers) -> dict[str, str]:
    said: dict[str, str] = {}
    for history in answers.decisions:
        parts = [
            f"{s.outcome.value.replace('_', ' ')} under {s.clause or 'no clause'} ({s.value})"
            for s in history.in_force.segments
        ]
        said[str(history.entry)] = "; ".join(dict.fromkeys(parts))
    return said


def _charged(answers: Answers) -> str:
    amounts = [charge.amount for charge in answers.money.charges]
    return str(sum(amounts[1:], amounts[0])) if amounts else "nothing"
