"""OCSF: events of others as changes and logins, and our own export taken back without loss."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.changes import Change
from groundrules.core.changes.model import change_id
from groundrules.core.evidence import (
    Action,
    Actor,
    Citation,
    Gap,
    GapKind,
    ItemKind,
    Observation,
    Reading,
    Session,
    SessionKind,
)
from groundrules.core.ids import EvidenceId, GapId, SessionId
from groundrules.core.periods import Interval
from groundrules.readers.ocsf import read_ocsf
from groundrules.renderers.ocsf import Exported, ocsf_lines
from tests.readers.linux.reading import SRV1, assert_adds_up, at, context

HERE = Path(__file__).parent
SAMPLE = (HERE / "written_by_us.jsonl").read_bytes()
CORRUPT = (HERE / "corrupt.jsonl").read_bytes()
SIX = 1772733600000  # 2026-03-05 18:00:00 UTC
VENDOR = {"user": {"name": "vendor", "uid": "S-1-5-21-1-2-3-1005"}, "session": {"uid": "0x1e240"}}


def event(uid: int, activity: int, minutes: int = 0, **more: Any) -> bytes:  # noqa: ANN401 - any JSON
    """This function will write one event about srv1."""
    fields = {
        "class_uid": uid,
        "activity_id": activity,
        "time": SIX + minutes * 60_000,
        "device": {"hostname": "srv1"},
        **more,
    }
    return json.dumps(fields).encode() + b"\n"


def read(*lines: bytes) -> Reading:
    reading = read_ocsf(b"".join(lines), context())
    assert_adds_up(reading)
    return reading


def only(*lines: bytes) -> Observation:
    (seen,) = read(*lines).observations
    return seen


class TestChanges:
    @pytest.mark.parametrize(
        ("uid", "activity", "subject", "expected"),
        [
            (
                6002,
                1,
                {"app": {"name": "Runtime", "version": "4.8"}},
                (ItemKind.PACKAGE, "Runtime", Action.ADDED, None, "4.8"),
            ),
            (
                6002,
                2,
                {"app": {"name": "Runtime", "version": "2.0"}},
                (ItemKind.PACKAGE, "Runtime", Action.REMOVED, "2.0", None),
            ),
            (
                6002,
                8,
                {"app": {"name": "Sage", "version": "6.5"}},
                (ItemKind.PACKAGE, "Sage", Action.ALTERED, None, "6.5"),
            ),
            (
                3001,
                3,
                {"user": {"name": "sa"}},
                (ItemKind.PASSWORD, "sa", Action.ALTERED, None, "changed"),
            ),
            (
                3007,
                9,
                {"user": {"name": "olga", "domain": "AD"}},
                (ItemKind.PASSWORD, "AD\\olga", Action.ALTERED, None, "reset"),
            ),
            (
                3007,
                3,
                {"user": {"uid": "S-1-5-9"}},
                (ItemKind.ACCOUNT, "S-1-5-9", Action.REMOVED, None, None),
            ),
            (
                3006,
                3,
                {"group": {"name": "Admins"}, "user": {"name": "vendor"}},
                (ItemKind.GROUP, "Admins", Action.ALTERED, None, "vendor"),
            ),
            (
                3006,
                4,
                {"group": {"name": "Admins"}, "user": {"name": "vendor"}},
                (ItemKind.GROUP, "Admins", Action.ALTERED, "vendor", None),
            ),
            (
                1006,
                5,
                {"job": {"name": "backup"}},
                (ItemKind.SCHEDULED_TASK, "backup", Action.ALTERED, None, "disabled"),
            ),
            (
                1001,
                4,
                {"file": {"path": "/etc/hosts"}},
                (ItemKind.CONFIG_FILE, "/etc/hosts", Action.REMOVED, None, None),
            ),
            (
                201004,
                2,
                {
                    "win_service": {"name": "Sync", "service_start_type": "Disabled"},
                    "prev_win_service": {"service_start_type": "Auto"},
                },
                (ItemKind.SERVICE, "Sync", Action.ALTERED, "Auto", "Disabled"),
            ),
        ],
    )
    def test_are_told_by_class_and_activity(
        self, uid: int, activity: int, subject: dict[str, Any], expected: tuple[object, ...]
    ) -> None:
        """Each class followed, with what it was and what it is where the event says so."""
        seen = only(event(uid, activity, **subject))

        assert (seen.kind, seen.key, seen.action, seen.before, seen.after) == expected

    def test_tie_to_the_login_that_was_open(self) -> None:
        """The actor's session number leads to the login of that number; after its end it ties to nothing."""
        reading = read(
            event(3002, 1, session={"uid": "0x1e240"}, user=VENDOR["user"], logon_type_id=10),
            event(6002, 1, 1, app={"name": "Runtime"}, actor=VENDOR),
            event(3002, 2, 5, session={"uid": "0x1e240"}),
            event(6002, 1, 9, app={"name": "Other"}, actor=VENDOR),
        )

        (login,) = reading.sessions
        assert (login.kind, login.ended) == (SessionKind.REMOTE, at("2026-03-05 18:05:00"))
        assert [o.actor.session_key for o in reading.observations] == [login.key, ""]

    def test_that_failed_are_attempts(self) -> None:
        """An event with status failure changed nothing; a failed logon is no login."""
        seen = only(event(6002, 1, app={"name": "Runtime"}, status_id=2))
        failed = read(event(3002, 1, status_id=2, user={"name": "vendor"}))

        assert not seen.succeeded
        assert (failed.sessions, failed.unknown) == ((), {})

    def test_lie_between_the_times_the_event_tells(self) -> None:
        """From `start_time` to the event's own time, or to when it was logged."""
        spread = only(event(6002, 1, 10, app={"name": "a"}, start_time=SIX))
        logged = only(event(6002, 1, app={"name": "a"}, metadata={"logged_time": SIX + 5000}))

        assert (spread.at, spread.recorded_at) == (
            at("2026-03-05 18:00:00"),
            at("2026-03-05 18:10:00"),
        )
        assert logged.recorded_at == at("2026-03-05 18:00:05")

    def test_name_a_program_only_for_a_service(self) -> None:
        """SYSTEM is a tool; a person's program is not who did it."""
        system = {"user": {"uid": "S-1-5-18", "name": "SYSTEM"}, "process": {"name": "msiexec.exe"}}
        person = {"user": {"name": "vendor"}, "process": {"name": "setup.exe"}}

        assert only(event(6002, 1, app={"name": "a"}, actor=system)).actor.process == "msiexec.exe"
        assert only(event(6002, 1, app={"name": "a"}, actor=person)).actor.process == ""

    def test_of_other_classes_are_counted(self) -> None:
        """Network activity is not followed; starting a program changes nothing."""
        reading = read(event(4001, 1), event(6002, 3, app={"name": "a"}))

        assert (reading.observations, reading.unknown) == ((), {"ocsf/4001/1": 1})

    def test_of_another_host_stay_out(self) -> None:
        """Among events of a fleet only the host asked for counts."""
        other = event(6002, 1, app={"name": "b"}, device={"hostname": "srv9"})
        reading = read(event(6002, 1, app={"name": "a"}), other)

        assert [o.key for o in reading.observations] == ["a"]
        assert reading.unknown == {"ocsf/another host": 1}


class TestListings:
    def test_are_snapshots_when_whole(self) -> None:
        """A bill of materials with its components is one; a single package is not."""
        reading = read(SAMPLE)
        single = read(event(5020, 2, package={"name": "hello", "version": "1"}))

        assert [[i.key for i in s.items] for s in reading.snapshots] == [["hello", "tzdata"]]
        assert (single.snapshots, single.unknown) == ((), {})


class TestLogs:
    @pytest.mark.parametrize(
        ("activity", "kind"),
        [(1, GapKind.LOG_CLEARED), (2, GapKind.LOG_CLEARED), (10, GapKind.AUDIT_OFF)],
    )
    def test_cleared_or_switched_off_leave_a_gap(self, activity: int, kind: GapKind) -> None:
        """Clearing and switching off is evidence about evidence."""
        (gap,) = read(event(1008, activity, log_name="Security")).gaps

        assert (gap.kind, gap.source) == (kind, "Security")


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Z"]), max_size=12)
NAMES = TEXTS.filter(bool)
MOMENTS = st.datetimes(
    datetime.fromisoformat("2000-01-01"),
    datetime.fromisoformat("2100-01-01"),
    timezones=st.just(UTC),
)
INTERVALS = st.tuples(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=9))).map(
    lambda both: Interval(both[0], both[0] + both[1])
)
ACTORS = st.builds(Actor, TEXTS, TEXTS, TEXTS, TEXTS)


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """Any change with any actor and interval."""
    kind, key, action = draw(st.sampled_from(ItemKind)), draw(NAMES), draw(st.sampled_from(Action))
    interval = draw(INTERVALS)
    cited = Citation(EvidenceId("ab" * 32), "7", "evtx/1")
    return Change(
        change_id(SRV1, kind, key, action, interval),
        SRV1,
        kind,
        key,
        action,
        interval,
        before=draw(st.none() | NAMES),
        after=draw(st.none() | NAMES),
        actor=draw(ACTORS),
        citations=(cited,),
        summary=draw(TEXTS),
    )


@st.composite
def logins(draw: st.DrawFn) -> Session:
    """Any login, ended or not."""
    started = draw(MOMENTS)
    lasted = draw(st.none() | st.timedeltas(timedelta(seconds=1), timedelta(days=9)))
    return Session(
        id=SessionId(draw(NAMES)),
        asset=SRV1,
        account=draw(NAMES),
        started=started,
        ended=None if lasted is None else started + lasted,
        kind=draw(st.sampled_from(SessionKind)),
        identifier=draw(TEXTS),
        source_address=draw(st.sampled_from(["", "203.0.113.9", "2001:db8::1"])),
        key=draw(TEXTS),
        credential=draw(TEXTS),
    )


class TestExport:
    @given(change=changes())
    def test_takes_changes_there_and_back(self, change: Change) -> None:
        """Kind, key, action, interval, values and actor come back as they were."""
        seen = only(*ocsf_lines(Exported(changes=(change,))))

        assert (seen.kind, seen.key, seen.action) == (change.kind, change.component, change.action)
        assert (seen.before, seen.after) == (change.before, change.after)
        assert Interval(seen.at, seen.recorded_at or seen.at) == change.interval
        assert (seen.actor, seen.summary) == (change.actor, change.summary)

    @given(several=st.lists(logins(), max_size=4, unique_by=lambda one: one.id))
    def test_takes_logins_there_and_back(self, several: list[Session]) -> None:
        """Account, times, kind, address and key come back as they were."""
        back = read(*ocsf_lines(Exported(sessions=tuple(several)))).sessions

        bare = {one.id: (*_said(one),) for one in back}
        assert bare == {one.id: (*_said(one),) for one in several}

    @given(kind=st.sampled_from(GapKind), interval=INTERVALS, says=NAMES)
    def test_takes_gaps_there_and_back(self, kind: GapKind, interval: Interval, says: str) -> None:
        """What is missing is exported too, as a base event."""
        gap = Gap(GapId("GAP-1"), SRV1, kind, interval, "Security", says)

        (back,) = read(*ocsf_lines(Exported(gaps=(gap,)))).gaps

        assert (back.id, back.kind, back.interval, back.source, back.says) == (
            gap.id,
            kind,
            interval,
            "Security",
            says,
        )

    @given(change=changes())
    def test_has_what_the_schema_requires(self, change: Change) -> None:
        """Every event carries the attributes required of all, and numbers that agree."""
        (line,) = ocsf_lines(Exported(changes=(change,), software="1.0"))

        fields = json.loads(line)
        assert fields["type_uid"] == fields["class_uid"] * 100 + fields["activity_id"]
        assert fields["category_uid"] == fields["class_uid"] // 1000
        assert {"activity_id", "time", "severity_id", "metadata"} <= fields.keys()
        assert fields["metadata"]["product"]["name"]
        assert fields["metadata"]["version"] == "1.8.0"


def _said(session: Session) -> tuple[object, ...]:
    return (
        session.account,
        session.started,
        session.ended,
        session.kind,
        session.identifier,
        session.source_address,
        session.key,
        session.credential,
    )


class TestNoise:
    def test_costs_only_itself(self) -> None:
        """Damaged lines are named and lie in a gap; the others are read."""
        reading = read(CORRUPT)

        assert sorted(d.where for d in reading.damaged) == ["line 10", "line 3", "line 6"]
        assert len(reading.observations) == 6

    @given(
        cuts=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=30),
        length=st.integers(0, 10**6),
    )
    def test_is_answered(self, cuts: list[tuple[int, int]], length: int) -> None:
        """The sample with bytes replaced, cut anywhere, still adds up."""
        raw = bytearray(SAMPLE)
        for place, byte in cuts:
            raw[place % len(raw)] = byte

        assert_adds_up(read_ocsf(bytes(raw[: length % (len(raw) + 1)]), context()))

    @given(
        uid=st.sampled_from([0, 1001, 1006, 1008, 3001, 3002, 3004, 3006, 5020, 6002, 201004]),
        activity=st.one_of(st.integers(-3, 99), st.text(max_size=3)),
        value=st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
            lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner)),
            max_leaves=6,
        ),
    )
    def test_under_the_right_names_is_answered(
        self, uid: int, activity: object, value: object
    ) -> None:
        """Any JSON where a user, a session, a file or our own part is expected."""
        names = ("app", "user", "group", "job", "file", "win_service", "actor", "session", "sbom")
        fields = {
            **dict.fromkeys((*names, "unmapped", "start_time", "metadata", "logon_type_id"), value),
            "class_uid": uid,
            "activity_id": activity,
            "time": SIX,
        }

        assert_adds_up(read_ocsf(json.dumps(fields).encode(), context()))
