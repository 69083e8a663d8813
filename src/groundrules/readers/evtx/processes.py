"""The process tree above a service: from the process that asked for something up to the login that started it.

4688 tells which process was started by which, and in whose login. A number is used again after its process ended, so a
process counts until its end (4689), the next start under its number, a restart, or a hole in the log.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundrules.core.evidence import Actor, Citation
from groundrules.readers.evtx.identity import account_name, is_service_identity

_NOBODY = frozenset({"", "S-1-0-0"})
_LONGEST_CHAIN = 32


@dataclass(frozen=True, slots=True)
class Process:
    """A started process: the number of its starter, in whose login it runs, and the record that says so."""

    parent: int
    actor: Actor
    citation: Citation


Tree = dict[tuple[str, int], Process]


def is_tool(actor: Actor) -> bool:
    """This function will say whether a record names a service or the machine itself instead of a person's login."""
    return is_service_identity(actor.identifier) or actor.account.endswith("$")


def login_above(tree: Tree, machine: str, number: int) -> tuple[Actor, tuple[Citation, ...]] | None:
    """This function will climb from a process to the first that ran in a person's login, with every record on the way.

    None when the tree ends before: the start of a process is not in the evidence, or only services are above it.
    """
    citations: list[Citation] = []
    seen: set[int] = set()
    while number and number not in seen and len(seen) < _LONGEST_CHAIN:
        seen.add(number)
        process = tree.get((machine, number))
        if process is None:
            return None
        citations.append(process.citation)
        if not is_tool(process.actor):
            return process.actor, tuple(citations)
        number = process.parent
    return None


def runs_as(subject: Actor, sid: str, domain: str, name: str, key: str) -> Actor:
    """This function will return in whose login a process runs: the target's where one is told, else its starter's."""
    if sid in _NOBODY or not key:
        return subject
    return Actor(account_name(domain, name), sid, key)
