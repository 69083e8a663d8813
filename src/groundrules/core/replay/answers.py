"""The values of a replay: the plan, a state to try, what a run showed, and what all runs together prove."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from groundrules.core.ids import ChangeId, IncidentId

# So many repeated runs tell whether a check is wrong as often as one time in twenty.
REPEATS = 30


class Outcome(StrEnum):
    """What the health check said. Only the incident's own failure counts as reproducing it."""

    PASSES = "passes"
    SAME_FAILURE = "fails as in the incident"
    OTHER_FAILURE = "fails in another way"
    INVALID = "could not be run"


class ReplayVerdict(StrEnum):
    """What replay shows about one change."""

    SOLE = "proven: the sole cause"
    CONTRIBUTING = "proven: contributes, together with another change"
    SUFFICIENT = "proven: sufficient, but another cause remains"
    NOT_SHOWN = "not shown"


@dataclass(frozen=True, slots=True)
class State:
    """A state to try: the good copy with these changes made in their recorded order, or the end copy as it is.

    Changes are made before the copy is started; when `running`, the copy is started, passes its check, and goes on
    running while they are made, as the server did.
    """

    changes: frozenset[ChangeId] = frozenset()
    end_copy: bool = False
    running: bool = False


@dataclass(frozen=True, slots=True)
class ReplayPlan:
    """What is replayed: every recorded change between the good and the end state, oldest first.

    `suspects` come first in the search; they change how many runs are needed, never what is found to be proven.
    `has_end_copy` says that a copy of the real end state is there and must fail too. `running` asks what a proven
    change does to a copy that is already running. Where runs disagree, the controls are repeated until there are
    `repeats` repeated runs, before the share of wrong ones is held against the check.
    """

    incident: IncidentId
    changes: tuple[ChangeId, ...]
    suspects: tuple[ChangeId, ...] = ()
    has_end_copy: bool = False
    agreeing: int = 3
    most_runs: int = 7
    flakes_allowed: Decimal = Decimal("0.05")
    running: bool = False
    repeats: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One run as it happened: the state tried, its outcome, the failure's own words and the digest of its log."""

    number: int
    state: State
    outcome: Outcome
    signature: str = ""
    log_digest: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The search asks for this state to be run once more, and says why."""

    state: State
    why: str


@dataclass(frozen=True, slots=True)
class AgreedState:
    """A state whose runs agree, with the numbers of all its runs."""

    state: State
    outcome: Outcome
    runs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ChangeFinding:
    """What is shown about one change: does undoing it alone heal, does making it alone reproduce.

    `running` says whether a copy that was already running shows the same by `running_runs`: without it only a fresh
    start is known to fail. None when that was not tried, or its runs did not agree.
    """

    change: ChangeId
    verdict: ReplayVerdict
    heals: bool
    reproduces: bool
    runs: tuple[int, ...]
    running: bool | None = None
    running_runs: tuple[int, ...] = ()

    @property
    def on_running_copy(self) -> str:
        """What a copy did that was already running, in words; empty when that was not tried or is not known."""
        runs = ", ".join(str(number) for number in self.running_runs)
        if self.running is None:
            return ""
        if self.running:
            said = "A copy that was running meanwhile showed the same: it failed with it and went on without it"
            return f"{said} (runs {runs})."
        return f"A copy that was running meanwhile did not show it (runs {runs}): only a fresh start does."


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """Everything the replay shows. `obstacle` says why nothing could be proven; every run is cited by its number.

    `repairs` are minimal sets that heal the end state when undone; the second is disjoint from the first.
    `complete` says that the search looked at every recorded change, so that silence about one means "not shown".
    `planned` are the changes that were replayed; `unrecorded` says that all of them made again still pass, by runs
    that agree: none of them did it.
    """

    incident: IncidentId
    findings: tuple[ChangeFinding, ...]
    repairs: tuple[tuple[ChangeId, ...], ...]
    states: tuple[AgreedState, ...]
    runs: tuple[Run, ...]
    flake_rate: Decimal
    obstacle: str = ""
    planned: tuple[ChangeId, ...] = ()
    unrecorded: bool = False

    @property
    def complete(self) -> bool:
        """The replay ended with an answer."""
        return not self.obstacle

    @property
    def proven(self) -> tuple[ChangeId, ...]:
        """The changes that replay proves to have caused the incident."""
        shown = (f for f in self.findings if f.verdict is not ReplayVerdict.NOT_SHOWN)
        return tuple(finding.change for finding in shown)

    @property
    def end_state_passes(self) -> bool:
        """A copy of the real end state works: what failed does not lie in what was changed."""
        return any(s.state.end_copy and s.outcome is Outcome.PASSES for s in self.states)


@dataclass(frozen=True, slots=True)
class Replayed:
    """A replay that was carried out: its result, when it ended, and the digest of its sealed record."""

    result: ReplayResult
    at: datetime
    evidence: str = ""
