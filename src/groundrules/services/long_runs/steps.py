"""What a kind of long run is made of: steps, each of which says where the next one begins.

A step is kept together with its place, in one transaction. So whoever takes a run over goes on behind the last whole
step, and none is done twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from groundrules.records.models import LongRun
from groundrules.services.actor import Actor
from groundrules.services.long_runs.watched import Tell

Place = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """What a step came to: where the next one begins, how far the run is, and `over` with its outcome at the end."""

    place: Place
    done: int
    says: str
    goal: int | None = None
    over: str = ""
    problem: str = ""
    came: Mapping[str, Any] = field(default_factory=dict)


class Work(Protocol):
    """One run in a worker's hands. What it keeps in memory may be gone at the next step; its place is not."""

    def prepare(self, place: Place, at: datetime, tell: Tell) -> object:
        """This function will do what needs no lock on the run: reading, drawing, steps with keys of their own.

        What takes long tells how far it is, which ends it when the run is to stop or has to wait.
        """

    def step(self, place: Place, prepared: object, at: datetime) -> Step:
        """This function will do one step, in the transaction that keeps its place."""

    def back_out(self, place: Place, by: str, at: datetime) -> Step:
        """This function will do one step of ending a run that `by` asked to stop."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of run: how it is begun, and which refusals end it because trying again would come to the same."""

    begin: Callable[[LongRun, Actor], Work]
    refusals: tuple[type[Exception], ...] = ()


def stays(place: Place, by: str, *, done: int, kept: str) -> Step:
    """This function will end a run of which everything done so far is kept, in the words of `kept`."""
    return Step(place, done, "stopped", over=LongRun.STOPPED, problem=f"{by} stopped it; {kept}")
