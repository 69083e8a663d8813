"""Time suggested from what our people did: recorded when they say so, once, and decided like any."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from groundrules.cli.main import main
from groundrules.core.causation.answers import Incident
from groundrules.core.ids import (
    AssetId,
    ContactId,
    IncidentId,
    RequestId,
    TechnicianId,
    TimeEntryId,
)
from groundrules.core.periods import Period
from groundrules.core.remote import OwnShell
from groundrules.core.work import Request, TimeEntry, WorkType
from groundrules.records import models as books
from groundrules.services import own_time, remote
from groundrules.services.client_reports import report_of
from groundrules.services.filing import Filing, file_facts
from groundrules.services.own_time import Confirmed
from groundrules.services.work import record_time
from tests.cast import OLGA, TARIQ
from tests.services.own_work import HOUR, NOON, SATURDAY, patched, tariq


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
        assert f"worth {segment.value}, charged $0.00" in " ".join(report.short)
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
        kept = books.RunStep.objects.filter(plan=plan).exclude(standing="ended").order_by("pk")
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
