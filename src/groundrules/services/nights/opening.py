"""Which record a row or a phrase leads to; whoever shows it makes an address of that."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Opens:
    """`what` is `login`, `change`, `changes` (found by `query`), `incident`, `run`, `recovery` (by its incident) or
    `health` (of the server); `kind` is that of a run.
    """

    what: str
    ref: str = ""
    kind: str = ""
    query: tuple[tuple[str, str], ...] = ()
