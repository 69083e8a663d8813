"""What an answer costs grows with a client as the client does: by counting the calls it makes, never by a clock."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from types import FrameType

import pytest

from groundrules.core.answers.answer import answer
from groundrules.core.answers.client_report import client_report
from groundrules.core.coverage.answers import EngineVersion
from groundrules.core.ids import AssetId, TimeEntryId
from groundrules.core.reported import ClientReport
from groundrules.core.world import ReportPeriod, World
from tests.cases.worlds import world_of

_ENGINE = EngineVersion("rules", "2026f")
_AT = datetime(2007, 5, 1, 18, 0, tzinfo=UTC)
_FEW, _MANY = 40, 160
_FEW_HOURS, _HOURS = 8, 24


def calls_of(act: Callable[[], object]) -> int:
    """This function will count the calls something makes, of Python's own functions too."""
    counted = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(before)
    return counted


def with_servers(world: World, count: int, *, listed: bool) -> World:
    """This function will return a world with so many servers more, under the agreement or outside it."""
    card = world.assets[-1]
    more = tuple(replace(card, id=AssetId(f"X{n:04}"), name=f"X{n:04}") for n in range(count))
    agreement = world.agreement
    if listed:
        ids = frozenset(asset.id for asset in more)
        versions = tuple(replace(v, assets=v.assets | ids) for v in agreement.versions)
        agreement = replace(agreement, versions=versions)
    return replace(world, assets=(*world.assets, *more), agreement=agreement)


def with_work(world: World, count: int) -> World:
    """This function will return a world with so many entries more like its first one, each at its own time."""
    entry = replace(world.work[0], incident=None, request=None, recorded_at=None)
    more = tuple(
        replace(
            entry,
            id=TimeEntryId(f"Y{n:04}"),
            issue=f"Further work {n}",
            period=replace(
                entry.period,
                start=entry.period.start - timedelta(days=n + 1),
                end=entry.period.end - timedelta(days=n + 1) if entry.period.end else None,
            ),
        )
        for n in range(count)
    )
    return replace(world, work=(*world.work, *more))


def reported(world: World) -> ClientReport:
    """This function will answer everything and make a month's report of it."""
    first, end = date(2007, 4, 1), date(2007, 5, 1)
    answers = answer(replace(world, report_on=(ReportPeriod(first, end),)), _AT, _ENGINE)
    return client_report(answers, answers.reports[0].value, first, end, ())


class TestAnswer:
    """A further server costs as much as the one before it, and so does a further entry of time."""

    @pytest.mark.parametrize(
        ("name", "listed"),
        [
            ("09-suspension-letter.yaml", False),
            ("09-suspension-letter.yaml", True),
            ("11-fee-credit-and-return.yaml", True),
        ],
    )
    def test_grows_with_servers_in_proportion(self, name: str, *, listed: bool) -> None:
        """With notices, suspensions, letters and fees on record, and whether or not an agreement lists the servers."""
        none, few, many = (
            calls_of(partial(reported, with_servers(world_of(name), size, listed=listed)))
            for size in (0, _FEW, _MANY)
        )

        assert (many - none) / _MANY <= 1.1 * (few - none) / _FEW

    def test_grows_with_work_in_proportion(self) -> None:
        """Work without an incident or a request looks at nothing that grows with the work."""
        world = world_of("11-fee-credit-and-return.yaml")

        none, few, many = (
            calls_of(partial(answer, with_work(world, size), _AT, _ENGINE))
            for size in (0, _FEW_HOURS, _HOURS)
        )

        assert (many - none) / _HOURS <= 1.1 * (few - none) / _FEW_HOURS
