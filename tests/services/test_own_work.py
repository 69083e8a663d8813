"""Our own people on clients' servers: shells on record before and after, whatever ends them, and the time they took."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from groundrules.cli.main import main
from groundrules.core.causation import Incident
from groundrules.core.evidence import Session
from groundrules.core.ids import (
    AssetId,
    ContactId,
    FreezeId,
    IncidentId,
    RequestId,
    SessionId,
    TechnicianId,
    TimeEntryId,
)
from groundrules.core.periods import Period
from groundrules.core.remote import EndKnownBy, OwnShell, PatchPolicy, Ring
from groundrules.core.vendors import Freeze
from groundrules.core.work import Request, TimeEntry, WorkType
from groundrules.gateways.ansible import HostEvent, Target, Tell
from groundrules.records import models as books
from groundrules.services import own_time, remote
from groundrules.services.actor import ENGINE, NotAllowed
from groundrules.services.client_reports import report_of
from groundrules.services.filing import Filing, file_facts
from groundrules.services.gate import GateTerms, add_gate, make_authority
from groundrules.services.own_time import Confirmed
from groundrules.services.remote import shells
from groundrules.services.work import record_time
from tests.cast import ANNA, BEGINNING, OLGA, TARIQ

HOUR = timedelta(hours=1)
NOON = BEGINNING + timedelta(days=40)
HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9q"


@pytest.fixture
def gated(harbor: books.Client) -> books.Client:
    """This fixture will give Harbor's SRV1 a gate, and Tariq a user who is the technician Alex."""
    make_authority(actor=OLGA, at=BEGINNING)
    for code in ("SRV1", "SRV2"):
        asset = books.Asset.objects.get(client=harbor, code=code)
        add_gate(asset, GateTerms(f"{code}.example", HOST_KEY), actor=OLGA, at=BEGINNING)
    alex = books.Technician.objects.get(name="Alex")
    people = ((OLGA, "owner", None), (TARIQ, "technician", alex))
    for actor, role, technician in people:
        books.User.objects.create(
            email=actor.label, name=role, role=role, technician=technician, is_active=True
        )
    return harbor


class Clock:
    """Says a later instant each time it is asked, by a step."""

    def __init__(self, start: datetime, step: timedelta = timedelta(minutes=7)) -> None:
        self.now, self.step = start, step

    def __call__(self) -> datetime:
        """This function will say the time."""
        self.now += self.step
        return self.now


class TestOpenShell:
    """A shell of one of our people."""

    def test_is_on_record_with_who_why_and_both_ends(self, gated: books.Client) -> None:
        """The shell, the run that makes it a suspect, the account as ours, and both acts in the audit book."""
        door = remote.NullShellDoor()
        asked = remote.ShellAsked("SRV1", "disk full", "INC-2", ("df", "-h"))

        shell, code = remote.open_shell(gated, asked, actor=TARIQ, clock=Clock(NOON), door=door)

        assert (code, door.entered) == (0, [("SRV1.example", ("df", "-h"))])
        assert (shell.person, shell.why, shell.issue) == (TARIQ.label, "disk full", "INC-2")
        assert (shell.technician, shell.end_known) == ("A", EndKnownBy.HERE)
        run = books.OwnRun.objects.current().get(ref=shell.id).to_core()
        assert (run, run.kind) == (shell.run, "shell")
        assert books.Account.objects.filter(name="groundrules-work", host__code="SRV1").exists()
        verbs = books.AuditEntry.objects.filter(subject=shell.id).values_list("verb", flat=True)
        assert {"remote.shell_open", "remote.shell_end"} <= set(verbs)

    def test_is_a_suspect_before_it_is_entered_and_ended_when_it_breaks(
        self, gated: books.Client
    ) -> None:
        """The run stands open while the person is in there; an error on the way out still writes the end."""
        seen: list[datetime | None] = []

        class Breaking(remote.NullShellDoor):
            def enter(self, *_: object) -> int:
                seen.append(books.OwnRun.objects.current().get(kind="shell").ended_at)
                raise KeyboardInterrupt

        asked = remote.ShellAsked("SRV1", "disk full")
        with pytest.raises(KeyboardInterrupt):
            remote.open_shell(gated, asked, actor=TARIQ, clock=Clock(NOON), door=Breaking())

        assert seen == [None]
        assert books.OwnRun.objects.current().get(kind="shell").ended_at is not None

    def test_is_refused_before_anything_is_written(self, gated: books.Client) -> None:
        """Without a reason, a gate or a role there is no shell, and no trace of one."""
        for asked, actor, refused in (
            (remote.ShellAsked("SRV1", " "), TARIQ, remote.WhyMissing),
            (remote.ShellAsked("SRV9", "x"), TARIQ, remote.HostUnknown),
            (remote.ShellAsked("SRV1", "x"), ANNA, NotAllowed),
            (remote.ShellAsked("SRV1", "x"), ENGINE, NotAllowed),
        ):
            with pytest.raises(refused):
                remote.open_shell(gated, asked, actor=actor, clock=Clock(NOON))

        assert not books.OwnShell.objects.exists()
        assert not books.OwnRun.objects.exists()


class TestSettleShells:
    """Shells whose end nobody saw here."""

    def test_end_where_the_servers_own_log_says_so(self, gated: books.Client) -> None:
        """A program that was killed leaves the end open; the login with the certificate's name closes it, once."""
        clock, began = Clock(NOON), NOON
        lost = OwnShell("SHL-1", AssetId("SRV1"), TARIQ.label, "disk full", Period(began, None))
        filing = Filing(gated, TARIQ, began)
        file_facts((lost, lost.run), filing)
        assert [s.standing for s in remote.newest_shells()] == ["end not seen"]
        assert remote.settle_shells(clock()) == 0
        proof = "publickey ED25519-CERT SHA256:7d3f ID SHL-1 (serial 0) CA ED25519 SHA256:aa01"
        over = began + timedelta(minutes=3)
        login = Session(
            SessionId("S-1"), lost.asset, "groundrules-work", began, over, credential=proof
        )
        file_facts((login,), filing)

        assert (remote.settle_shells(clock()), remote.settle_shells(clock())) == (1, 0)

        (shown,) = remote.newest_shells()
        assert (shown.standing, shown.shell.period.end) == ("ended, by its log", over)
        assert books.OwnRun.objects.current().get(ref="SHL-1").ended_at == over

    def test_leaves_one_that_is_under_way(self, gated: books.Client) -> None:
        """While its program lives, whatever a log says of an earlier login, it is open."""
        clock = Clock(NOON)
        asked = remote.ShellAsked("SRV1", "disk full")

        with shells.shell_on(gated, asked, actor=TARIQ, clock=clock):
            assert [s.standing for s in remote.newest_shells()] == ["open"]
            assert remote.settle_shells(clock()) == 0

        assert [s.standing for s in remote.newest_shells()] == ["ended"]


LOOKED = """Inst hello [1.0] (2.0 lab:1 [all])
Conf hello (2.0 lab:1 [all])
"""
SATURDAY = NOON + timedelta(days=3)


def said(task: str, printed: str = "", outcome: str = "ok", host: str = "SRV1") -> HostEvent:
    """One answer of a host to one task."""
    return HostEvent(host, task, outcome, NOON, printed)


class Slow(remote.NullEngine):
    """An engine that takes its time."""

    def __init__(self, clock: Clock, patch: Sequence[HostEvent]) -> None:
        super().__init__({"look": [said("look", LOOKED)], "patch": patch, "job": patch})
        self.clock = clock

    def play(self, playbook: str, targets: Sequence[Target], tell: Tell) -> None:
        """This function will let half an hour pass, and tell what was prepared."""
        if playbook != "look":
            self.clock.now += timedelta(minutes=30)
        super().play(playbook, targets, tell)


def patched(client: books.Client, start: datetime, *answers: HostEvent) -> tuple[str, Clock]:
    """Plan, approve and run patches of SRV1 at an instant as Tariq; the attempt's name, and the clock."""
    clock = Clock(start, timedelta(seconds=1))
    engine = Slow(clock, answers or [said("upgrade", "Setting up hello (2.0)")])
    policy = PatchPolicy("MSA-HARBOR", (Ring("first", (AssetId("SRV1"),)),), approver="technician")
    remote.set_policy(policy, client, actor=OLGA, at=start)
    plan = remote.plan_patches(client, "first", actor=TARIQ, at=start, engine=engine)
    row = remote.plan_called(plan.id)
    remote.approve(row, actor=OLGA, at=start, outside_hours="as agreed")
    remote.run(row, actor=TARIQ, clock=clock, engine=engine)
    return f"{plan.id}.1", clock


def tariq() -> books.User:
    """The user Tariq is."""
    return books.User.objects.get(email=TARIQ.label)


class TestOwnTime:
    """Time suggested from what our people did."""

    def test_is_covered_on_a_working_day_and_seen_in_the_value_report(
        self, gated: books.Client
    ) -> None:
        """A run on a Wednesday is suggested, recorded when confirmed, covered under 3.2, and never offered again."""
        source, clock = patched(gated, NOON)
        (one,) = own_time.own_work(tariq(), clock())
        assert (one.source, one.kind, one.servers, one.minutes) == (source, "patch run", "SRV1", 30)
        assert not books.TimeEntry.objects.filter(issue=one.issue).exists()
        own_time_of_others = own_time.own_work(books.User.objects.get(email=OLGA.label), clock())
        assert own_time_of_others == ()

        (logged,) = own_time.confirm(source, Confirmed(), user=tariq(), at=clock())

        assert logged.decision is not None
        segment = logged.decision.to_core().segments[0]
        assert (segment.outcome.value, str(segment.clause)) == ("covered", "3.2")
        assert own_time.own_work(tariq(), clock()) == ()
        with pytest.raises(own_time.NotSuggested):
            own_time.confirm(source, Confirmed(), user=tariq(), at=clock())
        report = report_of(gated, date(2007, 1, 1), date(2007, 2, 1), at=clock())
        assert f"worth {segment.value}, charged 0.00" in " ".join(report.short)
        patches = next(o for o in report.outcomes if o.name == "Patches and planned changes")
        assert patches.says.startswith("1 planned change of ours, 1 patch run")

    def test_is_extra_on_a_saturday_only_where_the_client_asked(self, gated: books.Client) -> None:
        """By our own choice it costs nothing (4.3); asked for by who may, it is charged at twice the rate (4.2)."""
        chosen, clock = patched(gated, SATURDAY)
        (own,) = own_time.confirm(chosen, Confirmed(), user=tariq(), at=clock())
        asked = Request(
            RequestId("REQ-7"), ContactId("PAT"), SATURDAY, "Patch it on Saturday", issue="REQ-7"
        )
        file_facts((asked,), Filing(gated, TARIQ, SATURDAY))
        source, later = patched(gated, SATURDAY + timedelta(hours=2))

        (paid,) = own_time.confirm(source, Confirmed(request="req-7"), user=tariq(), at=later())

        assert own.decision is not None
        assert paid.decision is not None
        free = own.decision.to_core().segments[0]
        charged = paid.decision.to_core().segments[0]
        assert (free.outcome.value, str(free.clause)) == ("not_billable", "4.3")
        assert (charged.outcome.value, str(charged.clause)) == ("billable", "4.2")
        assert str(charged.hourly) == "$300.00"

    def test_is_corrected_or_set_aside(self, gated: books.Client) -> None:
        """Another length ends when the work ended; what was set aside is gone, with its reason in the audit book."""
        source, clock = patched(gated, NOON)
        how = Confirmed(45, "patched, and looked at the logs", "inspection")
        (one,) = own_time.own_work(tariq(), clock())

        (logged,) = own_time.confirm(source, how, user=tariq(), at=clock())

        entry = logged.entry.to_core()
        assert (entry.period.seconds, entry.period.end) == (45 * 60, one.period.end)
        assert (entry.work_type.value, entry.note.split(" (")[0]) == ("inspection", how.note)
        again, clock = patched(gated, NOON + timedelta(hours=3))
        own_time.set_work_aside(again, "ran by itself", user=tariq(), at=clock())
        assert own_time.own_work(tariq(), clock()) == ()
        said_so = books.AuditEntry.objects.get(verb="own_time.set_aside")
        assert "ran by itself" in said_so.says
        with pytest.raises(own_time.NotSuggested):
            own_time.confirm(again, Confirmed(), user=tariq(), at=clock())

    def test_refuses_what_is_no_length_or_request(self, gated: books.Client) -> None:
        """Nothing is recorded, and it is suggested still."""
        source, clock = patched(gated, NOON)
        for how, refused in (
            (Confirmed(0), own_time.LengthUnlikely),
            (Confirmed(24 * 60 + 1), own_time.LengthUnlikely),
            (Confirmed(request="REQ-99"), own_time.RequestUnknown),
        ):
            with pytest.raises(refused):
                own_time.confirm(source, how, user=tariq(), at=clock())

        assert len(own_time.own_work(tariq(), clock())) == 1

    def test_of_a_shell_is_the_incidents_and_gone_when_it_was_typed(
        self, gated: books.Client
    ) -> None:
        """A ticket that is an incident of that server makes it repair; time typed for it by hand answers it."""
        incident = Incident(IncidentId("INC-5"), "Disk full", AssetId("SRV1"), NOON)
        file_facts((incident,), Filing(gated, TARIQ, NOON))
        began = Period(NOON, NOON + timedelta(minutes=14))
        shells_ = [
            OwnShell(f"SHL-{n}", AssetId("SRV1"), TARIQ.label, "full", period, issue="inc-5")
            for n, period in enumerate((began, Period(began.end or NOON, NOON + HOUR)))
        ]
        file_facts((s for one in shells_ for s in (one, one.run)), Filing(gated, TARIQ, NOON))
        later = NOON + 2 * HOUR
        found = own_time.own_work(tariq(), later)
        assert [(one.source, one.minutes) for one in found] == [("SHL-1", 46), ("SHL-0", 14)]
        typed = TimeEntry(
            TimeEntryId("T-hand"), TechnicianId("A"), began, "Disk", asset=AssetId("SRV1")
        )
        record_time(typed, client=gated, actor=TARIQ, at=later)

        assert [one.source for one in own_time.own_work(tariq(), later)] == ["SHL-1"]
        (logged,) = own_time.confirm("SHL-1", Confirmed(), user=tariq(), at=later)
        entry = logged.entry.to_core()
        assert (entry.id, entry.incident, entry.issue) == ("T-SHL-1", "INC-5", "INC-5")
        assert entry.work_type is WorkType.REMEDIATION

    def test_of_a_run_that_was_killed_counts_to_what_was_seen(self, gated: books.Client) -> None:
        """No end was told: the last thing that was is the end, and it is said so."""
        source, clock = patched(gated, NOON)
        plan = source.rpartition(".")[0]
        kept = books.RunStep.objects.filter(plan=plan).exclude(standing="ended")
        steps = [replace_step(step, "PAT-LOST") for step in kept]
        row = remote.plan_called(plan).to_core()
        file_facts((replace(row, id="PAT-LOST"),), Filing(gated, TARIQ, NOON))
        run = books.OwnRun.objects.current().get(ref=f"{source}.1").to_core()
        file_facts((replace(run, id="PAT-LOST.1.1"),), Filing(gated, TARIQ, NOON))
        books.RunStep.objects.bulk_create(steps)
        own_time.confirm(source, Confirmed(), user=tariq(), at=clock())

        (one,) = own_time.own_work(tariq(), clock())

        assert (one.source, one.cut_off, one.overlaps) == ("PAT-LOST.1", True, True)
        assert one.period.end == steps[-1].recorded_at


def replace_step(step: books.RunStep, plan: str) -> books.RunStep:
    """The same step of another plan."""
    names = ("recorded_at", "recorded_by", "client", "asset", "attempt", "standing", "says")
    return books.RunStep(plan=plan, **{name: getattr(step, name) for name in names})


class TestTimeCommand:
    """`groundrules time`."""

    def test_lists_logs_and_sets_aside(
        self,
        gated: books.Client,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A line that says what it was and how to log it; the entry with its outcome; then nothing is left."""
        source, clock = patched(gated, NOON)
        monkeypatch.setattr("groundrules.cli.time.timezone.now", clock)
        as_tariq = ["--as", TARIQ.label]

        assert main(["time", "list", *as_tariq]) == 0
        listed = capsys.readouterr().out
        assert f"{source}  30 min on SRV1 (HARBOR), patch run" in listed
        assert "groundrules time log NAME" in listed
        assert main(["time", "log", source, "--minutes", "20", *as_tariq]) == 0
        assert capsys.readouterr().out == f"T-{source}.1: 1200 s on SRV1, covered\n"
        assert main(["time", "list", *as_tariq]) == 0
        assert f"Nothing is left to log for {TARIQ.label}." in capsys.readouterr().out
        assert main(["time", "aside", source, *as_tariq]) == 3
        assert "groundrules time list" in capsys.readouterr().err
        assert main(["time", "list", "--json", "--as", TARIQ.label]) == 0
        assert json.loads(capsys.readouterr().out) == []

    @pytest.mark.usefixtures("gated")
    def test_needs_a_technician(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The owner here is none, so nothing of theirs can be logged."""
        assert main(["time", "list"]) == 0
        assert main(["time", "log", "SHL-1"]) == 4
        assert "no technician" in capsys.readouterr().err


class TestShellCommand:
    """`groundrules shell`."""

    @pytest.fixture(autouse=True)
    def door(self, monkeypatch: pytest.MonkeyPatch) -> remote.NullShellDoor:
        """This fixture will keep the command from reaching any host."""
        door = remote.NullShellDoor()
        monkeypatch.setattr(shells, "SshShellDoor", lambda: door)
        return door

    def test_says_what_is_on_record_now_and_lists_it(
        self, gated: books.Client, door: remote.NullShellDoor, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """One line afterwards; the list has who, why, ticket and both ends; a freeze is said beforehand."""
        freeze = Freeze(FreezeId("F-1"), Period(NOON, None), reason="year end")
        file_facts((freeze,), Filing(gated, TARIQ, NOON))
        words = ["shell", "SRV1", "--why", "disk full", "--for", "INC-2", "--as", TARIQ.label]

        assert main([*words, "--do", "df -h /"]) == 0

        said = capsys.readouterr().err
        assert "changes on SRV1 are frozen: year end" in said
        assert "your shell on SRV1 is on record as ours, 1 min" in said
        assert door.entered == [("SRV1.example", ("df", "-h", "/"))]
        assert main(["shell"]) == 0
        assert f"HARBOR SRV1: ended, {TARIQ.label}" in (listed := capsys.readouterr().out)
        assert "disk full [INC-2]" in listed
        assert main(["shell", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert [(one["server"], one["end_known_by"]) for one in told] == [("SRV1", "seen here")]

    @pytest.mark.parametrize(
        ("words", "number", "says"),
        [
            (["SRV1"], 8, "--why"),
            (["SRV9", "--why", "x"], 3, "no client has a server SRV9"),
            (["SRV1", "--why", "x", "--client", "NOBODY"], 3, "there is no client NOBODY"),
            (["SRV1", "--why", "x", "--as", "no@x.example"], 4, "no@x.example"),
        ],
        ids=["no reason", "no server", "no client", "nobody"],
    )
    @pytest.mark.usefixtures("gated")
    def test_refuses_in_one_sentence(
        self, words: list[str], number: int, says: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Each kind of bad input has its number, and what to do."""
        assert main(["shell", *words]) == number
        assert says in capsys.readouterr().err
        assert not books.OwnShell.objects.exists()

    @pytest.mark.usefixtures("gated")
    def test_says_when_ssh_did_not_get_in(
        self, door: remote.NullShellDoor, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """It is on record all the same, and the number tells a script."""
        door.ends = remote.NO_WAY_IN

        assert main(["shell", "SRV1", "--why", "disk full"]) == 6
        assert "did not get in" in capsys.readouterr().err
