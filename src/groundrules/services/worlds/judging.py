"""One incident's answer held against its truth: the cause, the party named for it, and the authority."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from groundrules.core.answers.findings import Findings
from groundrules.core.attribution.answers import Attribution
from groundrules.core.causation.answers import CauseAnswer, CauseVerdict
from groundrules.core.ids import ChangeId, IncidentId
from groundrules.core.parties import PartyKind
from groundrules.core.replay.update import was_replayed
from groundrules.core.vendors import Permission
from groundrules.services.worlds.baselines import orders

_VENDORLESS = frozenset({kind.value for kind in PartyKind if kind is not PartyKind.VENDOR}) | {
    "nobody"
}


@dataclass(frozen=True, slots=True)
class Truth:
    """What did it: the recorded changes (none: none on record), and whose act it was where that is stated."""

    changes: tuple[ChangeId, ...]
    party: str | None = None
    authority: Permission | None = None

    @property
    def of_vendor(self) -> bool:
        """True when a vendor is known to have done it."""
        return self.party is not None and self.party not in _VENDORLESS


@dataclass(frozen=True, slots=True)
class Rival:
    """What one baseline says of an incident: where it ranks the true change, and whom it names without cause."""

    place: int | None
    accuses_falsely: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """One incident beside its author's truth (no change: none on record did it), and where the true one was ranked.

    `probability` is that of the change ranked first (None when every change was ruled out), `nothing` that of no
    recorded change. `named` are the parties whose recorded acts a verdict rests on. `acquitted` says that every true
    change was ruled out. `authority_right` is None where no authority is stated for a recorded cause. `nameable` says
    that the record names whose act a true change was; `replayed` that a replay had its say.
    """

    file: str
    incident: IncidentId
    truth: tuple[ChangeId, ...]
    verdict: CauseVerdict
    established: tuple[ChangeId, ...]
    place: int | None
    party: str | None = None
    named: tuple[str, ...] = ()
    of_vendor: bool = False
    acquitted: bool = False
    authority_right: bool | None = None
    probability: float | None = None
    nothing: float = 0.0
    nameable: bool = False
    replayed: bool = False
    rivals: dict[str, Rival] = field(default_factory=dict)

    @property
    def is_false(self) -> bool:
        """True when a verdict rests on a change the author says did not do it."""
        return bool(set(self.established) - set(self.truth))

    @property
    def names_rightly(self) -> bool:
        """True when a party is named, and it did it."""
        return bool(self.named) and not self.accuses_falsely

    @property
    def accuses_falsely(self) -> bool:
        """True when a party is named that did not do it, or for a change that did not."""
        return _falsely(self.named, self.established, Truth(self.truth, self.party))


def judge(
    file: str,
    cause: CauseAnswer,
    truth: Truth,
    found: Findings,
    rivals: dict[str, Rival] | None = None,
) -> Judged:
    """This function will hold one answer, and what seven baselines would have said, against the truth."""
    made = {a.change: a for a in found.attributions}
    staying = [h.change for h in cause.hypotheses if not h.rejected]
    ruled_out = {h.change for h in cause.hypotheses if h.rejected}
    if rivals is None:
        rivals = {
            name: _rival(order, truth, made)
            for name, order in orders(file, cause, found.world, made).items()
        }
    return Judged(
        file=file,
        incident=cause.incident,
        truth=truth.changes,
        verdict=cause.verdict,
        established=cause.established,
        place=_place(staying, truth),
        party=truth.party,
        named=_named(cause.established, made),
        of_vendor=truth.of_vendor,
        acquitted=bool(truth.changes) and set(truth.changes) <= ruled_out,
        authority_right=_authority(truth, made),
        probability=max(
            (float(h.probability) for h in cause.hypotheses if not h.rejected), default=None
        ),
        nothing=float(cause.nothing_recorded),
        nameable=bool(_named(truth.changes, made)),
        replayed=was_replayed(cause),
        rivals=rivals,
    )


def _place(order: Iterable[ChangeId], truth: Truth) -> int | None:
    places = [n for n, ref in enumerate(order, start=1) if ref in truth.changes]
    return min(places, default=None)


def _named(changes: Iterable[ChangeId], made: dict[ChangeId, Attribution]) -> tuple[str, ...]:
    parties = [made[ref].party for ref in changes if ref in made and made[ref].names_party]
    return tuple(sorted({_word(p.kind, p.id) for p in parties if p is not None}))


def _word(kind: PartyKind, ref: str) -> str:
    """A party in the words of a case file: a vendor by its id, everyone else by what they are."""
    return ref if kind is PartyKind.VENDOR else kind.value


def _rival(order: tuple[ChangeId, ...], truth: Truth, made: dict[ChangeId, Attribution]) -> Rival:
    first = order[:1]
    return Rival(_place(order, truth), _falsely(_named(first, made), first, truth))


def _falsely(named: tuple[str, ...], changes: tuple[ChangeId, ...], truth: Truth) -> bool:
    if not named:
        return False
    wrong_change = bool(set(changes) - set(truth.changes))
    return wrong_change or (truth.party is not None and set(named) != {truth.party})


def _authority(truth: Truth, made: dict[ChangeId, Attribution]) -> bool | None:
    if truth.authority is None or not truth.changes:
        return None
    said = {made[ref].permission.permission for ref in truth.changes if ref in made}
    return said == {truth.authority}
