"""The explanation of one incident: four answers that are never merged, and what stands around them."""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.core.ids import IncidentId
from groundrules.core.reasons import FactRef, Reason


@dataclass(frozen=True, slots=True)
class Verdict:
    """One of the four answers: a few words, then the sentences behind them, each with its records."""

    words: str
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a client is told about an incident. Facts come before inference, and no sentence has an adjective."""

    incident: IncidentId
    what_failed: tuple[Reason, ...]
    cause: Verdict
    actor: Verdict
    authority: Verdict
    proof: Verdict
    ruled_out: tuple[Reason, ...]
    not_known: tuple[Reason, ...]
    would_change: tuple[str, ...]

    @property
    def cited(self) -> tuple[FactRef, ...]:
        """Every record the explanation opens, each once, in the order of the text."""
        parts = (
            self.what_failed,
            self.cause.reasons,
            self.actor.reasons,
            self.authority.reasons,
            self.proof.reasons,
            self.ruled_out,
            self.not_known,
        )
        return tuple(dict.fromkeys(fact for part in parts for fact in _facts(part)))


def _facts(reasons: tuple[Reason, ...]) -> list[FactRef]:
    return [fact for reason in reasons for fact in (*reason.facts, *_facts(reason.because))]
