"""What the records of made worlds say of who did it: what Windows is known to write, and no more."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from groundrules.core.attribution.answers import Level
from groundrules.services.cases import run_case
from groundrules.services.worlds.making import generate

Row = dict[str, Any]
SYSTEM = "S-1-5-18"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, ...]]:
    """This fixture will make a few worlds of three profiles, once for all tests."""
    folder = tmp_path_factory.mktemp("records")
    seeds = {"home": 8, "ordinary-identity": 8, "linux-audit": 2}
    return {name: generate(name, range(601, 601 + n), folder / name) for name, n in seeds.items()}


def changes(paths: tuple[Path, ...]) -> Iterator[Row]:
    for path in paths:
        yield from json.loads(path.read_bytes())["changes"]


def names_by_kind(paths: tuple[Path, ...]) -> dict[str, float]:
    """Of the changes with an exact time, how many name a login or who started the installer, kind by kind."""
    told = [(c["kind"], c.get("actor", {})) for c in changes(paths) if "at" in c and "run" not in c]
    every = Counter(kind for kind, _ in told)
    some = Counter(k for k, actor in told if actor and actor.get("identifier") != SYSTEM)
    return {kind: some[kind] / count for kind, count in every.items()}


class TestRecords:
    def test_of_installers_on_windows_name_who_started_them(
        self, made: dict[str, tuple[Path, ...]]
    ) -> None:
        """Nearly every package has a login's key or an identifier, and the identifier is that of a session here."""
        found = names_by_kind(made["ordinary-identity"])
        sids = {c["actor"].get("identifier") for c in changes(made["home"]) if "actor" in c}

        assert found["package"] > 0.9
        known = {
            s["identifier"]
            for path in made["home"]
            for s in json.loads(path.read_bytes())["sessions"]
        }
        assert sids - {None, SYSTEM} <= known

    def test_name_nobody_where_nothing_on_windows_does(
        self, made: dict[str, tuple[Path, ...]]
    ) -> None:
        """A changed database login, file or port leaves no name where nobody set up more; with good records most do."""
        plain, good = names_by_kind(made["ordinary-identity"]), names_by_kind(made["home"])

        for kind in ("database login", "config file", "file", "port"):
            assert plain.get(kind, 0) == 0
            assert good.get(kind, 1) > 0.6
        assert 0 < plain["service"] < 0.5

    def test_of_linux_hold_no_identifiers_of_windows(
        self, made: dict[str, tuple[Path, ...]]
    ) -> None:
        """There a record carries the login or nothing."""
        assert not any("identifier" in c.get("actor", {}) for c in changes(made["linux-audit"]))

    def test_by_an_identifier_alone_name_whose_it_is(
        self, made: dict[str, tuple[Path, ...]]
    ) -> None:
        """The session ties it to one login: matched, the second level. The installer's end names SYSTEM and nobody."""
        levels, parties = Counter[Level](), Counter[bool]()
        for path in made["ordinary-identity"][:3]:
            (answered,) = run_case(path.read_bytes(), path).answered
            rows = {c["id"]: c.get("actor", {}) for c in changes((path,))}
            for found in answered.answers.attributions:
                actor = rows[found.change]
                if actor.keys() == {"identifier", "process"} and not found.capped_by:
                    levels[found.level] += 1
                if actor.get("identifier") == SYSTEM:
                    parties[found.party is None] += 1

        assert levels[Level.L2] > 5
        assert set(levels) == {Level.L2}
        assert set(parties) <= {True}
