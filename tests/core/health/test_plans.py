"""An application's checks: what makes it healthy, what goes on record, and what is said when nobody looked."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.evidence import HealthCheck
from groundrules.core.health import (
    CheckKind,
    CheckSpec,
    Found,
    HealthPlan,
    Level,
    PlanRefused,
    ServicesListed,
    judge,
    service_found,
    shown_health,
    turn,
)
from groundrules.core.ids import ApplicationId

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PAGE = CheckSpec(CheckKind.HTTP, "https://portal.example/health", text="ok")
SEEN = f"{NOW - timedelta(hours=1):%Y-%m-%d %H:%M}"
PLAN = HealthPlan(ApplicationId("PORTAL"), (PAGE, CheckSpec(CheckKind.PORT, "db:5432")), 5, NOW)


def check(minutes: int, *, healthy: bool, signature: str = "") -> HealthCheck:
    """One look so many minutes after noon."""
    found = judge(
        PLAN, (Found("", passed=True), Found(signature, passed=healthy)), NOW + minutes * MINUTE
    )
    assert found is not None
    return found


class TestJudging:
    """All must pass; not knowing is neither well nor unwell."""

    def test_all_pass(self) -> None:
        """Healthy, without a signature."""
        assert check(0, healthy=True).signature == ""

    def test_failure_counts_beside_not_knowing(self) -> None:
        """What failed is known to have failed, whatever else could not be asked."""
        found = judge(PLAN, (Found("page: HTTP 500", passed=False), Found("not listed")), NOW)
        assert found is not None
        assert not found.healthy
        assert found.signature == "page: HTTP 500"

    def test_not_knowing_says_nothing(self) -> None:
        """A look that could not ask everything, and found no failure, is no look."""
        assert judge(PLAN, (Found("", passed=True), Found("not listed")), NOW) is None

    def test_services(self) -> None:
        """A service by its short name; one that is not listed is not known."""
        states = {"nginx.service": "yes", "mssql": "failed", "backup": "no"}
        listed = ServicesListed(states, NOW - timedelta(hours=1), timedelta(hours=3))
        assert service_found("nginx", listed, NOW).passed is True
        assert service_found("mssql", listed, NOW).passed is False
        assert service_found("backup", listed, NOW).says == "service backup does not run"
        other = service_found("other", listed, NOW)
        assert other.passed is None
        assert other.says == f"service other is not in the list of services of {SEEN} UTC"

    @pytest.mark.parametrize(
        ("name", "then"),
        [
            ("nginx", "service nginx ran then"),
            ("mssql", "service mssql had failed then"),
            ("backup", "service backup did not run then"),
            ("other", "service other is not in it"),
        ],
    )
    def test_services_of_a_list_that_is_too_old(self, name: str, then: str) -> None:
        """What it said is said, with since when; how it is now is not known."""
        states = {"nginx.service": "yes", "mssql": "failed", "backup": "no"}
        listed = ServicesListed(states, NOW - timedelta(hours=1), timedelta(minutes=59))

        found = service_found(name, listed, NOW)

        assert found.passed is None
        assert found.says == (
            f"the list of services is of {SEEN} UTC, too old to speak for now; {then}"
        )

    def test_services_nobody_listed(self) -> None:
        """A server whose services nobody looked at says so."""
        found = service_found("nginx", None, NOW)

        assert found.passed is None
        assert "no list of services is on record" in found.says


class TestDatabases:
    """An address names the database, and the port where it is not the usual one."""

    @pytest.mark.parametrize(
        ("address", "says"),
        [
            ("postgresql://srv1", "the database at srv1:5432 takes logins (PostgreSQL)"),
            (
                "postgresql://pool:6432/orders",
                "database orders at pool:6432 takes logins (PostgreSQL)",
            ),
            ("mariadb://[fd00::2]", "the database at [fd00::2]:3306 takes logins (MariaDB)"),
            ("sqlserver://srv1:1434", "the database at srv1:1434 answers (SQL Server)"),
        ],
    )
    def test_addresses(self, address: str, says: str) -> None:
        """What is asked is said without a password, because none is known."""
        assert CheckSpec(CheckKind.DATABASE, address).says == says


class TestOnRecord:
    """Turns keep their minute; quiet hours keep one look each."""

    def test_the_look_before_a_turn_goes_on_record_too(self) -> None:
        """So the onset lies between two looks five minutes apart, not between an hourly row and the failure."""
        first, last_good, bad = (
            check(0, healthy=True),
            check(40, healthy=True),
            check(45, healthy=False, signature="x"),
        )
        assert turn(None, None, first).file == (first,)
        assert turn(first, first.at, last_good).file == ()
        assert turn(last_good, first.at, bad).file == (last_good, bad)

    def test_another_failure_is_a_turn(self) -> None:
        """Unwell in another way is news."""
        one, other = check(0, healthy=False, signature="a"), check(5, healthy=False, signature="b")
        assert turn(one, one.at, other).file == (other,)

    @given(st.lists(st.booleans(), min_size=1, max_size=200))
    def test_no_turn_is_lost(self, course: list[bool]) -> None:
        """Whatever the course, the record shows each turn between the same two looks as the course itself."""
        looks = [
            check(5 * i, healthy=well, signature="" if well else "x")
            for i, well in enumerate(course)
        ]
        filed: list[HealthCheck] = []
        before: HealthCheck | None = None
        for now in looks:
            done = turn(before, filed[-1].at if filed else None, now)
            filed.extend(done.file)
            before = done.keep
        turns = [(a.at, b.at) for a, b in itertools.pairwise(looks) if a.healthy != b.healthy]
        kept = [(a.at, b.at) for a, b in itertools.pairwise(filed) if a.healthy != b.healthy]
        assert kept == turns
        assert [c.at for c in filed] == sorted({c.at for c in filed})


class TestShown:
    """What people read."""

    def test_healthy_since(self) -> None:
        """Good names since when."""
        looks = [
            check(-60, healthy=False, signature="x"),
            check(-30, healthy=True),
            check(0, healthy=True),
        ]
        shown = shown_health(PLAN, looks, looks[-1], NOW)
        assert (shown.level, shown.since) == (Level.GOOD, NOW - 30 * MINUTE)

    def test_too_old_is_not_known(self) -> None:
        """Three turns without a look, and nobody knows."""
        look = check(0, healthy=True)
        shown = shown_health(PLAN, [look], look, NOW + 16 * MINUTE)
        assert shown.level is Level.UNKNOWN
        assert "healthy then" in shown.sentence

    def test_no_plan(self) -> None:
        """Nobody set checks: not known, not good."""
        assert shown_health(None, [], None, NOW).level is Level.UNKNOWN


class TestRefused:
    """A plan that cannot be carried out is refused in words."""

    @pytest.mark.parametrize(
        ("kind", "target"),
        [
            (CheckKind.HTTP, "ftp://x"),
            (CheckKind.HTTP, "https://user:secret@x/"),
            (CheckKind.PORT, "srv1"),
            (CheckKind.PORT, "srv1:0"),
            (CheckKind.CERTIFICATE, "srv1:99999"),
            (CheckKind.SERVICE, " "),
            (CheckKind.DATABASE, "srv1:5432"),
            (CheckKind.DATABASE, "oracle://srv1"),
            (CheckKind.DATABASE, "postgresql://srv1:0"),
            (CheckKind.DATABASE, "postgresql://srv1/a b"),
            (CheckKind.DATABASE, "mysql://srv1/orders"),
            (CheckKind.DATABASE, "postgresql://[srv1"),
        ],
    )
    def test_targets(self, kind: CheckKind, target: str) -> None:
        """Each says what to write instead."""
        with pytest.raises(PlanRefused, match=r"write|name"):
            CheckSpec(kind, target)

    def test_a_databases_password(self) -> None:
        """No secret is kept, because none is needed."""
        with pytest.raises(PlanRefused, match="none is sent"):
            CheckSpec(CheckKind.DATABASE, "postgresql://sa:secret@srv1/orders")

    @pytest.mark.parametrize(
        ("kind", "target"),
        [
            (CheckKind.DATABASE, "postgresql://sa:sec/ret@srv1/orders"),
            (CheckKind.DATABASE, "sa:sec/ret@srv1"),
            (CheckKind.HTTP, "https://user:sec/ret@x/"),
            (CheckKind.PORT, "user:sec/ret@srv1:0"),
        ],
    )
    def test_repeat_no_password(self, kind: CheckKind, target: str) -> None:
        """A refusal is read over shoulders and kept in logs."""
        with pytest.raises(PlanRefused, match=r"\.\.\.@") as refused:
            CheckSpec(kind, target)
        assert "sec" not in str(refused.value)
        assert "ret" not in str(refused.value)

    def test_rhythm_and_number(self) -> None:
        """Not every 0 minutes, not 21 checks, none twice."""
        with pytest.raises(PlanRefused, match="1 to 1440"):
            HealthPlan(ApplicationId("A"), (PAGE,), 0, NOW)
        with pytest.raises(PlanRefused, match="twice"):
            HealthPlan(ApplicationId("A"), (PAGE, PAGE), 5, NOW)
        many = tuple(CheckSpec(CheckKind.SERVICE, f"s{i}") for i in range(21))
        with pytest.raises(PlanRefused, match="at most 20"):
            HealthPlan(ApplicationId("A"), many, 5, NOW)
