"""A time entry that is decided beside answers that stand: every book ends as if all had been answered anew each time.

Each story is told twice from the same books, once by either way, and what was written is compared row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundrules.core.agreements.facts import Outcome
from groundrules.core.ids import (
    AssetId,
    TechnicianId,
    TimeEntryId,
)
from groundrules.core.money import Money
from groundrules.core.periods import Period, utc
from groundrules.core.work import TimeEntry, WorkPlace, WorkType
from groundrules.core.world import World
from groundrules.records import models as books
from groundrules.services import (
    agreements,
    overrides,
)
from groundrules.services.case_import import (
    TakingOver,
    answer_into_books,
    instants_of,
    keep_cards,
    take_facts_over,
)
from groundrules.services.cases import run_case
from groundrules.services.timekeeping import amend, decided
from groundrules.services.work import record_time
from tests.cast import OLGA
from tests.services.either_way import counting

pytestmark = pytest.mark.django_db

CASES = Path(__file__).parents[1] / "cases"
STORIES = (
    "03b-nobody-ratified",
    "05-wasted-time",
    "12-the-way-back",
    "v05-nearest-per-entry",
    "v38-an-hour-away",
)
HOUR = timedelta(hours=1)
Told = list[tuple[Any, ...]]


class _Undone(Exception):
    """Everything that was written is to be taken back."""


@dataclass
class Story:
    """A client's books while a case is told into them, with what a test adds in between."""

    over: TakingOver
    now: datetime
    left: list[datetime]
    last: datetime | None = None
    recorded: int = 0

    @classmethod
    def begin(cls, name: str) -> Story:
        """This function will keep the cards of a case; nothing has happened yet."""
        world, end = _case(name)
        over = TakingOver(world, keep_cards(world, actor=OLGA), OLGA)
        left = list(instants_of(over, end))
        return cls(over, left[0], left)

    @property
    def client(self) -> books.Client:
        """Whose books they are."""
        return self.over.client

    def learn(self, times: int) -> None:
        """This function will take over what became known next, so many times."""
        for moment in self.left[:times]:
            self.left.remove(moment)
            take_facts_over(self.over, until=moment, since=self.last)
            self.last, self.now = moment, max(self.now, moment)

    def work(self, told: Work, *, unseen: bool = False) -> None:
        """This function will record work that ended some time ago, and have it decided unless it stays unseen."""
        self.recorded += 1
        entry = told.entry(self.over.world, self.now, self.recorded)
        row = record_time(entry, client=self.client, actor=OLGA, at=self.now)
        if not unseen:
            decided([row], self.client, OLGA, self.now)

    def correct(self, place: int, minutes: int) -> None:
        """This function will give an entry on record another length."""
        row = self._some(books.TimeEntry, place)
        if row is not None:
            entry = row.to_core()
            period = Period(entry.period.start, entry.period.start + timedelta(minutes=minutes))
            if period.end is not None and period.end <= self.now:
                made = replace(entry, period=period, recorded_at=self.now)
                amend(made, client=self.client, why="longer", actor=OLGA, at=self.now)

    def give(self, place: int) -> None:
        """This function will make an owner's exception of a decision that stands."""
        row = self._some(books.Decision, place)
        with suppress(overrides.NothingToTurn):
            if row is not None:
                made = overrides.propose(
                    row, Outcome.NOT_BILLABLE, "kindness", actor=OLGA, at=self.now
                )
                overrides.confirm(made, made.price.difference.minor, actor=OLGA, at=self.now)

    def raise_price(self) -> None:
        """This function will publish a next version at a higher price, rounded otherwise."""
        card = self.client.agreements.get()
        last = card.versions.order_by("version").last()
        assert last is not None
        core = last.to_core()
        rates = replace(
            core.rates, hourly=Money(core.rates.hourly.minor + 700, core.rates.hourly.currency)
        )
        rounding = replace(core.rounding, increment_minutes=core.rounding.increment_minutes + 5)
        begins = max(self.now, core.in_force.start + HOUR)
        version = replace(
            core,
            version=core.version + 1,
            in_force=Period(begins),
            signed_at=begins,
            rates=rates,
            rounding=rounding,
        )
        self.now = begins
        row = agreements.draft(card, version, actor=OLGA, at=begins)
        agreements.publish(row, actor=OLGA, at=begins)

    def cost_more(self) -> None:
        """This function will let a technician's hour cost more, on the card itself."""
        rate = books.CostRate.objects.filter(technician__code="A").order_by("pk").last()
        assert rate is not None
        rate.hourly_minor += 100
        rate.save()

    def _some(self, book: Any, place: int) -> Any:  # noqa: ANN401 - any book, any row
        rows = list(book.objects.of_client(self.client).current().order_by("pk"))
        return rows[place % len(rows)] if rows else None


@dataclass(frozen=True)
class Work:
    """Work to record: how long before now it ended, how long it took, and what is said of it."""

    ago: int
    minutes: int
    issue: str
    technician: str
    asset: str | None
    kind: WorkType
    place: WorkPlace
    about: int

    def entry(self, world: World, now: datetime, number: int) -> TimeEntry:
        """This function will return the entry as it is written down."""
        end = utc(now) - timedelta(minutes=self.ago)
        incidents, requests = (
            [one.id for one in world.incidents],
            [one.id for one in world.requests],
        )
        return TimeEntry(
            TimeEntryId(f"MORE-{number}"),
            TechnicianId(self.technician),
            Period(end - timedelta(minutes=self.minutes), end),
            self.issue,
            self.kind,
            asset=AssetId(self.asset) if self.asset else None,
            incident=incidents[0] if self.about == 1 and incidents else None,
            request=requests[0] if self.about == 2 and requests else None,
            place=self.place,
        )


@cache
def _case(name: str) -> tuple[World, datetime]:
    """This function will read a case, and say when it is asked about last."""
    path = next(CASES.glob(f"{name}*.yaml"))
    ran = run_case(path.read_bytes(), path)
    return ran.case.world, utc(ran.answered[-1].answers.at)


_WORK = st.builds(
    Work,
    ago=st.sampled_from([0, 30, 240, 1500, 4000]),
    minutes=st.sampled_from([7, 20, 65, 300]),
    issue=st.sampled_from(["printer", "mail"]),
    technician=st.sampled_from(["A", "B"]),
    asset=st.sampled_from(["SRV1", "SRV1", "SRV2", None]),
    kind=st.sampled_from([WorkType.MAINTENANCE, WorkType.REMEDIATION, WorkType.INSPECTION]),
    place=st.sampled_from([WorkPlace.REMOTE, WorkPlace.ON_SITE]),
    about=st.sampled_from([0, 0, 0, 1, 2]),
)
_STEP = st.one_of(
    st.tuples(st.just("work"), _WORK),
    st.tuples(st.just("work"), _WORK),
    st.tuples(st.just("work"), _WORK),
    st.tuples(st.just("unseen"), _WORK),
    st.tuples(st.just("learn"), st.integers(1, 4)),
    st.tuples(st.just("pass"), st.sampled_from([1, 26, 100])),
    st.tuples(st.just("correct"), st.tuples(st.integers(0, 9), st.sampled_from([5, 50]))),
    st.tuples(st.just("give"), st.integers(0, 9)),
    st.tuples(st.just("raise price"), st.none()),
    st.tuples(st.just("cost more"), st.none()),
    st.tuples(st.just("answer"), st.none()),
)


def _take(story: Story, step: tuple[str, Any]) -> None:
    name, what = step
    acts: dict[str, Callable[[], None]] = {
        "work": lambda: story.work(what),
        "unseen": lambda: story.work(what, unseen=True),
        "learn": lambda: story.learn(what),
        "correct": lambda: story.correct(*what),
        "give": lambda: story.give(what),
        "raise price": story.raise_price,
        "cost more": story.cost_more,
        "answer": lambda: _answered(story),
    }
    if name == "pass":
        story.now += what * HOUR
    else:
        acts[name]()


def _answered(story: Story) -> None:
    answer_into_books(story.client, actor=OLGA, at=story.now)


def _told(name: str, steps: list[tuple[str, Any]]) -> Told:
    """Everything that stands in the books after a story, which is taken back again."""
    found: Told = []
    with suppress(_Undone), transaction.atomic():
        story = Story.begin(name)
        story.learn(len(story.left) // 2)
        _answered(story)
        for step in steps:
            _take(story, step)
        found = list(_rows(story.client))
        raise _Undone
    return found


def _rows(client: books.Client) -> Iterator[tuple[Any, ...]]:
    for book in (books.Attribution, books.Cause, books.Decision, books.Charge):
        rows = book._default_manager.filter(client=client).order_by("pk")
        for row in rows.select_related("supersedes"):
            before = row.supersedes.digest if row.supersedes else ""
            yield book.__name__, row.ref, row.recorded_at, row.payload, before
    for entry in books.JournalEntry.objects.filter(client=client).order_by("pk"):
        sides = entry.postings.order_by("pk").values_list("account", "amount_minor", "currency")
        back = entry.reverses.ref if entry.reverses else ""
        yield entry.ref, entry.booked_at, entry.service_day, entry.says, entry.source, back, *sides
    for link in books.ChargedDecision.objects.filter(charge__client=client).order_by("pk"):
        yield link.charge.digest, link.decision.digest
    # What is said of cards names their keys, which are counted on when a story is taken back.
    told = books.AuditEntry.objects.filter(client=client).exclude(verb__startswith="cards.")
    for audited in told.order_by("pk"):
        yield audited.verb, audited.subject, audited.says, audited.recorded_at, audited.recorded_by


class TestEitherWay:
    """Whichever way an entry is answered, the books say the same."""

    @pytest.mark.parametrize("name", STORIES)
    @settings(
        max_examples=4,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(steps=st.lists(_STEP, min_size=3, max_size=10))
    def test_writes_the_same_rows(
        self, name: str, steps: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whatever work, corrections, evidence, versions, exceptions and days come in whatever order."""
        with counting(monkeypatch, short=True):
            beside = _told(name, steps)
        with counting(monkeypatch, short=False):
            anew = _told(name, steps)

        assert beside == anew
