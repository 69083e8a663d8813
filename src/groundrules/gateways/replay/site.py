"""A replay site: the restored tree, the recorded changes as real actions, and the health check that judges a run."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from groundrules.core.ids import ChangeId
from groundrules.core.replay.answers import Outcome, State


class BadSite(ValueError):
    """The description of a replay site cannot be used."""


class ActionKind(StrEnum):
    """What can be done again for real. Recorded file differences are not among them, and never will be."""

    REMOVE_PACKAGE = "remove package"
    INSTALL_PACKAGE = "install package"
    SET_CONFIG = "set config"
    PASSWORD = "password"  # noqa: S105 - the name of a kind
    STATEMENT = "statement"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Action:
    """One recorded change as an action: a package, a file with `key=value`, or `postgres:role` with a stand-in."""

    change: ChangeId
    kind: ActionKind
    target: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class ReplaySite:
    """Everything a backend needs. `signs` are patterns of the incident's own failure; `keep` escapes scrubbing.

    `store_start` and `store_stop` are shell lines for the data stores, which must run while changes are made;
    `start` brings up the whole application. All three run inside the copy; the check runs outside it. `running` asks
    what a proven change does to a copy that is already running.
    """

    tree: Path
    actions: tuple[Action, ...]
    start: str
    url: str
    passes: str
    signs: tuple[str, ...]
    store_start: str = ":"
    store_stop: str = ":"
    end_tree: Path | None = None
    packages: Path | None = None
    keep: tuple[str, ...] = ()
    suspects: tuple[ChangeId, ...] = ()
    seconds: int = 60
    running: bool = True

    def judge(self, answer: str) -> tuple[Outcome, str]:
        """This function will read the check's answer; a failure is the incident's when it bears one of its signs."""
        if re.search(self.passes, answer):
            return Outcome.PASSES, ""
        found = tuple(sign for sign in self.signs if re.search(sign, answer))
        if found:
            return Outcome.SAME_FAILURE, "; ".join(found)
        return Outcome.OTHER_FAILURE, answer.strip()[:200]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a backend saw in one run, with the log it hands over to be sealed."""

    outcome: Outcome
    signature: str
    log: str


class ReplayBackend(Protocol):
    """Runs one state and says what the health check saw."""

    def run(self, state: State, site: ReplaySite) -> Seen:
        """This function will bring up one state from scratch and judge it."""

    def close(self) -> None:
        """This function will leave nothing behind."""


class NullReplay:
    """Answers from a function, for tests and for trying out a plan."""

    def __init__(self, tell: Callable[[State], Outcome]) -> None:
        self._tell = tell

    def run(self, state: State, site: ReplaySite) -> Seen:  # noqa: ARG002 - the interface
        """This function will answer without running anything."""
        outcome = self._tell(state)
        return Seen(outcome, "", f"null replay: {outcome}")

    def close(self) -> None:
        """Nothing was opened."""


def read_site(text: str) -> ReplaySite:
    """This function will read a site from JSON; raises BadSite with what is wrong."""
    try:
        told = json.loads(text)
        if not isinstance(told, dict):
            raise BadSite("a replay site is one JSON object; see docs/how-to/prove-by-replay.md")
        return _site(told)
    except json.JSONDecodeError as wrong:
        raise BadSite(f"the replay site is not JSON: {wrong}") from wrong
    except KeyError as missing:
        raise BadSite(f"the replay site lacks {missing}; add it and try again") from missing
    except (TypeError, ValueError, re.error) as wrong:
        raise BadSite(f"the replay site cannot be used: {wrong}") from wrong


def _site(told: Mapping[str, object]) -> ReplaySite:
    unknown = set(told) - set(ReplaySite.__dataclass_fields__)
    if unknown:
        raise BadSite(f"unknown keys in the replay site: {', '.join(sorted(unknown))}")
    rows = _rows(told["actions"])
    return ReplaySite(
        tree=Path(str(told["tree"])),
        actions=tuple(_action(row) for row in rows),
        start=str(told["start"]),
        url=str(told["url"]),
        passes=_pattern(str(told["passes"])),
        signs=tuple(map(_pattern, _words(told["signs"]))),
        store_start=str(told.get("store_start", ":")),
        store_stop=str(told.get("store_stop", ":")),
        end_tree=_path(told.get("end_tree")),
        packages=_path(told.get("packages")),
        keep=_words(told.get("keep", [])),
        suspects=tuple(ChangeId(word) for word in _words(told.get("suspects", []))),
        seconds=int(str(told.get("seconds", 60))),
        running=_yes(told.get("running", True)),
    )


def _yes(told: object) -> bool:
    if not isinstance(told, bool):
        raise BadSite(f"running must be true or false, not {told!r}")
    return told


def _path(told: object) -> Path | None:
    return Path(str(told)) if told else None


def _pattern(told: str) -> str:
    """A pattern that can't be compiled, or that matches the empty answer, would judge every run alike."""
    if re.compile(told).search(""):
        raise BadSite(f"the pattern {told!r} matches an empty answer; say what must be in it")
    return told


def _rows(told: object) -> list[Mapping[str, object]]:
    if not isinstance(told, list) or not all(isinstance(row, dict) for row in told):
        raise BadSite("actions must be a list of objects, oldest first")
    changes = [row.get("change") for row in told]
    if len(set(changes)) != len(changes):
        raise BadSite("two actions have the same change; give each its own reference")
    return told


def _action(row: Mapping[str, object]) -> Action:
    kind = ActionKind(str(row["kind"]))
    change = ChangeId(str(row["change"]))
    return Action(change, kind, str(row["target"]), str(row.get("value", "")))


def _words(told: object) -> tuple[str, ...]:
    if not isinstance(told, list):
        raise BadSite("signs, keep and suspects must be lists")
    return tuple(str(word) for word in told)


def site_digest(text: str) -> str:
    """This function will name a site's description by its SHA-256, so that a replay is tied to what was replayed."""
    return hashlib.sha256(text.encode()).hexdigest()
