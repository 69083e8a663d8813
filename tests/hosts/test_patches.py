"""Our own work on five real hosts: patches retried where they failed, jobs, shells, checks beforehand, a kill."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from groundrules.core.attribution.answers import Strength
from groundrules.core.ids import AssetId
from groundrules.core.parties import PartyKind
from groundrules.core.remote import HostState, PatchPolicy, Ring
from groundrules.records import models as books
from groundrules.services import own_time, remote
from groundrules.services.case_import import answer_into_books
from groundrules.services.client_reports import report_of
from groundrules.services.evidence import Handed, receive
from groundrules.services.storage import raw_store
from tests.cast import OLGA
from tests.hosts.estate import HOSTS, MACHINE, Estate, estate_of
from tests.hosts.killed_run import QUICK, SLOW, killed_half_way, office_of
from tests.hosts.machine import Machine
from tests.hosts.restarts import (
    Impatient,
    ProberInNetwork,
    assert_ours,
    boot_of,
    furnish,
    machine_of,
    newest_run,
    open_window,
    planned,
    settled,
    watch,
)
from tests.kept import Kept

STUBBORN = "SRV3"


@pytest.fixture(scope="module")
def built(
    django_db_setup: None,  # noqa: ARG001 - there must be a database
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Kept[Estate]]:
    """This fixture will start the five hosts, once for the module."""
    with estate_of(tmp_path_factory.mktemp("estate"), django_db_blocker) as made:
        yield made


@pytest.fixture
def estate(built: Kept[Estate], db: None, data: Path) -> Estate:  # noqa: ARG001 - pytest opens the database by this name
    """This fixture will give a test the hosts as they are, and the books as they were made."""
    return built.lay_out(data)


@pytest.mark.django_db
class TestFiveHosts:
    """A patch run over five hosts."""

    def test_fails_on_one_retries_it_alone_and_is_on_record_as_ours(self, estate: Estate) -> None:
        """The plan is what apt said; the failure is told, only it is retried; each change names its run."""
        at = timezone.now()
        ring = Ring("first", tuple(AssetId(name) for name in HOSTS))
        policy = PatchPolicy(
            "MSA-HARBOR", (ring,), excludes=("lab-data*",), days=frozenset(range(7))
        )
        remote.set_policy(policy, estate.client, actor=OLGA, at=at)
        estate.lab.hosts[STUBBORN].run("touch", "/etc/refuse")

        plan = remote.plan_patches(
            estate.client, "first", actor=OLGA, at=timezone.now(), engine=estate.engine
        )
        assert [h.problem for h in plan.hosts] == [""] * 5
        assert {(s.name, s.before, s.after) for h in plan.hosts for s in h.steps} == {
            ("lab-page", "1.0", "2.0"),
            ("lab-tool", "1.0", "2.0"),
        }
        assert {h.excluded for h in plan.hosts} == {("lab-database",)}
        row = remote.plan_called(plan.id)
        with pytest.raises(remote.RunRefused, match="not approved"):
            remote.run(row, actor=OLGA, clock=timezone.now, engine=estate.engine)

        remote.approve(row, actor=OLGA, at=timezone.now(), outside_hours="the lab has no evenings")
        ran = remote.run(row, actor=OLGA, clock=timezone.now, engine=estate.engine)

        assert {a: s.state for a, s in ran.hosts.items()} == {
            name: HostState.FAILED if name == STUBBORN else HostState.DONE for name in HOSTS
        }, [s.says for s in ran.hosts.values()]
        assert estate.version(STUBBORN, "lab-page") == "1.0"
        estate.lab.hosts[STUBBORN].run("rm", "/etc/refuse")
        again = remote.retry(row, actor=OLGA, clock=timezone.now, engine=estate.engine)

        assert again.standing == "done", [s.says for s in again.hosts.values()]
        assert {a: s.attempt for a, s in again.hosts.items()} == {
            name: 2 if name == STUBBORN else 1 for name in HOSTS
        }
        for name in HOSTS:
            assert estate.version(name, "lab-page") == "2.0"
            assert estate.version(name, "lab-database") == "1.0"
        _is_on_record_as_ours(estate, plan.id)
        _is_covered_and_reported(estate, plan.id)
        _lets_nobody_else_in(estate)


def _is_on_record_as_ours(estate: Estate, plan: str) -> None:
    changes = books.Change.objects.of_client(estate.client).current()
    upgraded = [c.to_core() for c in changes if c.to_core().after == "2.0"]
    assert sorted((c.asset, c.component) for c in upgraded) == sorted(
        (AssetId(name), package) for name in HOSTS for package in ("lab-page", "lab-tool")
    )
    assert {c.run.rpartition(".")[0] for c in upgraded} == {f"{plan}.1", f"{plan}.2"}
    for change in upgraded:
        said = books.Attribution.objects.current().get(ref=change.id).to_core()
        assert said.strength is Strength.RECORDED
        assert said.party is not None
        assert said.party.kind is PartyKind.PROVIDER
    runs = books.OwnRun.objects.of_client(estate.client).current()
    assert (runs.count(), runs.filter(ended_at=None).count()) == (6, 0)


def _is_covered_and_reported(estate: Estate, plan: str) -> None:
    entries = books.TimeEntry.objects.of_client(estate.client).current().filter(issue=plan)
    assert not entries.exists(), "nothing is logged by itself"
    user, at = books.User.objects.get(email=OLGA.label), timezone.now()
    suggested = own_time.own_work(user, at)
    assert [(one.source, len(one.runs)) for one in suggested] == [
        (f"{plan}.2", 1),
        (f"{plan}.1", 5),
    ]
    for one in suggested:
        own_time.confirm(one.source, own_time.Confirmed(), user=user, at=at)
    decided = books.Decision.objects.of_client(estate.client).current()
    assert {one.asset.code for one in entries if one.asset} == set(HOSTS)
    for entry in entries:
        outcomes = {s.outcome.value for s in decided.get(ref=entry.ref).to_core().segments}
        # In business hours the agreement covers it; outside them it was our own choice, and so it costs nothing.
        assert outcomes <= {"covered", "not_billable"}, entry.ref
    first = timezone.now().date().replace(day=1)
    end = (first + timedelta(days=32)).replace(day=1)
    report = report_of(estate.client, first, end, at=timezone.now() + timedelta(seconds=1))
    said = next(o for o in report.outcomes if o.name == "Patches and planned changes")
    assert said.says.startswith("6 planned changes of ours, 6 patch runs")


def _lets_nobody_else_in(estate: Estate) -> None:
    """What the host logged names the run, and no private key is in what was kept."""
    log = estate.lab.hosts["SRV1"].says("/var/log/auth.log")
    assert "Accepted publickey for groundrules-work" in log
    assert f"ID {books.WorkPlan.objects.current().get().ref}.1" in log
    kept = [raw_store().get(row.digest) for row in books.RawEvidence.objects.all()]
    assert len([raw for raw in kept if b"groundrules_own_run" in raw]) == 6
    assert not [raw for raw in kept if b"PRIVATE KEY" in raw]


# A service as servers without systemd have it; it counts how often it was started.
_SERVICE = """#!/bin/sh
[ "$1" = status ] || echo started >>/run/labd
echo "labd is running, started $(cat /run/labd 2>/dev/null | wc -l) times"
"""


@pytest.mark.django_db
class TestJobs:
    """Jobs of the reviewed library on a real host."""

    def test_are_tried_done_and_kept_as_ours(self, estate: Estate) -> None:
        """The dry run changes nothing, the deed does what it says, and output is kept without secrets."""
        host = estate.lab.hosts["SRV1"]
        host.run("tee", "/etc/init.d/labd", sent=_SERVICE)
        host.run("chmod", "755", "/etc/init.d/labd")
        host.run("logger", "-t", "labd", "took a login with password=hunter2 from 203.0.113.9")
        host.run("sh", "-c", "touch -d '40 days ago' /var/log/old.gz; touch /var/log/new.gz")

        restarted = _done(estate, "restart-service", {"service": "labd"}, "started 0 times")
        logged = _done(estate, "collect-logs", {"service": "labd"}, "would read the last 200 lines")
        cleaned = _done(estate, "clean-disk", {"days": "30"}, "/var/log/old.gz")

        assert "labd is running, started 1 times" in restarted
        assert "took a login with password=[left out" in logged
        assert "/var/log/old.gz" in cleaned
        assert host.run("sh", "-c", "ls /var/log/*.gz").split() == ["/var/log/new.gz"]
        kept = [raw_store().get(row.digest) for row in books.RawEvidence.objects.all()]
        assert len(kept) == 3
        assert not [raw for raw in kept if b"hunter2" in raw]
        runs = books.OwnRun.objects.of_client(estate.client).current()
        assert [(run.kind, run.ended_at is None) for run in runs] == [("job", False)] * 3
        with pytest.raises(remote.ArgumentWrong):
            _planned(estate, "restart-service", {"service": "labd; reboot"})


def _planned(estate: Estate, job: str, given: dict[str, str]) -> books.WorkPlan:
    asked = remote.JobAsked(job, given, ("SRV1",))
    at, engine = timezone.now(), estate.engine
    plan = remote.plan_job(estate.client, asked, actor=OLGA, at=at, engine=engine)
    return remote.plan_called(plan.id)


def _done(estate: Estate, job: str, given: dict[str, str], tried: str) -> str:
    """Try a job, approve it and do it; what the server printed then."""
    row = _planned(estate, job, given)
    (shown,) = (host.shown for host in row.to_core().hosts)
    assert tried in shown
    remote.approve(row, actor=OLGA, at=timezone.now())
    how = remote.run(row, actor=OLGA, clock=timezone.now, engine=estate.engine)
    (step,) = how.hosts.values()
    assert step.state is HostState.DONE, step.says
    return step.says


# The job before had the same account: a login that ended within what clocks may differ (2 s) may be the one it was.
_BY_HAND = "sleep 3.1; sudo apt-get -qq update && sudo apt-get -qy install lab-database"


@pytest.mark.django_db
class TestShell:
    """A shell of ours on a real host."""

    def test_makes_what_was_done_in_it_ours(self, estate: Estate) -> None:
        """The login's record names the shell, apt's the account; read together, the change is ours and that shell's."""
        door = remote.SshShellDoor(through=estate.lab.network("msp"))
        asked = remote.ShellAsked("SRV1", "try it", command=_BY_HAND)

        shell, code = remote.open_shell(
            estate.client, asked, actor=OLGA, clock=timezone.now, door=door
        )

        assert (code, estate.version("SRV1", "lab-database")) == (0, "2.0")
        host = estate.lab.hosts["SRV1"]
        for kind, path in (("auth-log", "auth.log"), ("apt-history", "apt/history.log")):
            raw, client = host.says(f"/var/log/{path}").encode(), estate.client.code
            handed = Handed(raw, path, kind, host="SRV1", client=client)
            receive(handed, actor=OLGA, at=timezone.now())
        answer_into_books(estate.client, actor=OLGA, at=timezone.now())
        (change,) = (
            c
            for c in books.Change.objects.of_client(estate.client).current()
            if c.component == "lab-database" and c.to_core().after == "2.0"
        )
        said = books.Attribution.objects.current().get(ref=change.ref).to_core()
        assert (said.strength, said.party and said.party.kind) == (
            Strength.RECORDED,
            PartyKind.PROVIDER,
        )
        assert said.hypotheses[0].own_run == shell.id
        assert any(f"made for our shell {shell.id}" in r.sentence for r in said.reasons)


@pytest.mark.django_db
class TestPolicy:
    """What a policy demands before and after, on a server that really restarts."""

    def test_checks_beforehand_and_restarts_when_it_is_permitted(
        self, estate: Estate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Refused by its check; patched without a restart; lost by one; then restarted; and each is said."""
        machine, engine = machine_of(estate), estate.engine
        inside = ProberInNetwork(estate.lab.network("msp"))
        monkeypatch.setattr("groundrules.services.health.running.door", lambda: inside)
        furnish(machine)
        not_there = watch(estate)
        row = planned(estate)

        _is_left_as_it_was(machine, remote.run(row, actor=OLGA, clock=timezone.now, engine=engine))
        machine.run("touch", "/srv/ready")
        due = remote.retry(row, actor=OLGA, clock=timezone.now, engine=engine)
        _is_patched_and_not_restarted(machine, due)
        open_window(estate)
        machine.stay_off()
        brief = Impatient(engine, machine)
        lost = remote.retry(row, actor=OLGA, clock=timezone.now, engine=brief)
        _is_lost_by_us(lost, not_there)
        machine.come_back()
        machine.run("touch", "/run/reboot-required")
        before = boot_of(machine)
        back = remote.retry(row, actor=OLGA, clock=timezone.now, engine=engine)

        _has_restarted(machine, back, before)
        assert estate.version(MACHINE, "lab-database") == "2.0"
        assert_ours(estate, row.ref)


def _is_left_as_it_was(machine: Machine, how: remote.PlanShown) -> None:
    state, says = settled(how)
    assert state is HostState.FAILED
    assert "check beforehand" in says
    assert "the backup is not done" in says
    assert "lab-database:all 1.0 2.0" not in machine.says("/var/log/dpkg.log")


def _is_patched_and_not_restarted(machine: Machine, how: remote.PlanShown) -> None:
    state, says = settled(how)
    assert (state, how.standing, machine.boots) == (HostState.RESTART_DUE, "restart due", 1), says
    left = f"only in a window of our own on this server; retry it then (groundrules patch retry {how.row.ref})"
    assert left in says
    assert "lab-database:all 1.0 2.0" in machine.says("/var/log/dpkg.log")


def _is_lost_by_us(how: remote.PlanShown, not_there: str) -> None:
    state, says = settled(how)
    assert state is HostState.FAILED
    assert "restart: it was told to restart and was not back within" in says
    (unwell,) = how.unwell
    assert unwell == f"{MACHINE}: Chart server is unwell: {not_there}; it was well before"
    assert "(failed; restart failed: it was told to restart" in newest_run(how.row.ref).says


def _has_restarted(machine: Machine, how: remote.PlanShown, before: str) -> None:
    state, says = settled(how)
    assert (state, how.attempts, machine.boots) == (HostState.DONE, 4, 3), says
    now = boot_of(machine)
    assert now != before
    assert says.startswith(f"restarted: boot {before[:8]} before, {now[:8]} after, back after")
    assert says in newest_run(how.row.ref).says
    assert how.health == {MACHINE: (("well", "Chart server is well; it was unwell before"),)}


@pytest.mark.django_db
class TestKilled:
    """A run whose program gets SIGKILL half-way; the last of the module, for it takes two hosts over."""

    def test_is_broken_off_and_done_by_a_retry(self, estate: Estate, tmp_path: Path) -> None:
        """What was seen of each server is said and no more; nobody holds the turn; the retry does what is left."""
        office, plan = office_of(estate, tmp_path)

        told = killed_half_way(office, plan, estate)

        assert told["standing"] == "broken off"
        said = {one["server"]: (one["state"], one["says"]) for one in told["servers"]}
        assert {state for state, _ in said.values()} == {"broken off"}
        assert "the last step seen: upgrade. What was done after that is not known" in said[SLOW][1]
        assert "the last step seen: upgrade." not in said[QUICK][1]
        estate.lab.hosts[SLOW].run("rm", "/etc/hold")
        again = office.told("patch", "retry", plan)
        assert (again["standing"], again["attempts"]) == ("done", 2), again["servers"]
        assert {estate.version(name, "lab-database") for name in (SLOW, QUICK)} == {"2.0"}
