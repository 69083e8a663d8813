"""What the test of restarts lays on the lab's one real machine: a service behind a watched port, a policy, a window."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import timezone

from groundrules.core.attribution.answers import Strength
from groundrules.core.health import CheckKind, CheckSpec, Found
from groundrules.core.ids import AssetId
from groundrules.core.parties import PartyKind
from groundrules.core.periods import Period
from groundrules.core.remote import HostState, PatchPolicy, Ring
from groundrules.core.work import OwnRun
from groundrules.gateways.ansible import Reach, Target, Tell
from groundrules.records import models as books
from groundrules.services import health, remote
from groundrules.services.vendors import add_own_window
from tests.cast import OLGA
from tests.hosts.estate import MACHINE, Estate
from tests.hosts.lab import run
from tests.hosts.machine import Machine
from tests.patience import until

PORT = 4711
RESTARTS_IN_A_WINDOW = PatchPolicy(
    "MSA-HARBOR",
    (Ring("first", (AssetId(MACHINE),)),),
    days=frozenset(range(7)),
    excludes=("lab-page", "lab-tool"),
    reboot="in a window",
    precheck="test -e /srv/ready || ! echo the backup is not done",
)
_UNIT = f"""[Unit]
Description=The server of the charts
[Service]
ExecStart=/usr/bin/python3 -m http.server --directory /srv/repository {PORT}
ExecStartPost=/bin/sh -c 'until ss -Hltn sport = {PORT} | grep -q .; do sleep 0.1; done'
[Install]
WantedBy=multi-user.target
"""


def machine_of(estate: Estate) -> Machine:
    """This function will return the one host of the estate that is a real machine."""
    found = estate.lab.hosts[MACHINE]
    assert isinstance(found, Machine)
    return found


@dataclass(frozen=True, slots=True)
class Impatient:
    """The real engine, that waits briefly for a machine that stays off, and hands on only when it surely is."""

    engine: remote.AnsibleEngine
    machine: Machine

    def check(self, reaches: Iterable[Reach] = ()) -> None:
        """This function will look whether Ansible is there."""
        self.engine.check(reaches)

    def play(self, playbook: str, targets: Sequence[Target], tell: Tell) -> None:
        """This function will play, and wait until the machine is off."""
        brief = {"groundrules_restart_seconds": "10"}
        hurried = [replace(one, words={**one.words, **brief}) for one in targets]
        self.engine.play(playbook, hurried, tell)
        until(lambda: self.machine.is_off, "the machine that was restarted is still on")


def furnish(machine: Machine) -> None:
    """This function will start a service that comes back with the machine, and have the machine ask for a restart."""
    machine.run("tee", "/etc/systemd/system/charts.service", sent=_UNIT)
    machine.run("systemctl", "enable", "--quiet", "--now", "charts.service")
    machine.run("touch", "/run/reboot-required")


def watch(estate: Estate) -> str:
    """This function will have the service's port watched, and found open; what is said of it when it is not."""
    asset = books.Asset.objects.get(client=estate.client, code=MACHINE)
    charts = books.Application.objects.create(
        client=estate.client, asset=asset, code="CHART-SERVER", name="Chart server"
    )
    port = CheckSpec(CheckKind.PORT, f"{estate.lab.hosts[MACHINE].address}:{PORT}")
    health.set_checks(charts, (port,), every=5, actor=OLGA, at=timezone.now())
    (found,) = health.check_due(at=timezone.now(), only=[charts])
    assert found.check is not None
    assert found.check.healthy, found.check.signature
    return f"{port.target}: connection refused"


def planned(estate: Estate) -> books.WorkPlan:
    """This function will plan the machine's patches by a policy that restarts in windows only, and approve them."""
    remote.set_policy(RESTARTS_IN_A_WINDOW, estate.client, actor=OLGA, at=timezone.now())
    at, engine = timezone.now(), estate.engine
    plan = remote.plan_patches(estate.client, "first", actor=OLGA, at=at, engine=engine)
    row = remote.plan_called(plan.id)
    remote.approve(row, actor=OLGA, at=timezone.now(), outside_hours="the lab has no evenings")
    return row


def open_window(estate: Estate) -> None:
    """This function will open a window of our own on the machine, as agreed with the client."""
    at = timezone.now()
    period = Period(at, at + timedelta(hours=1))
    asset, says = AssetId(MACHINE), "nobody works there now"
    add_own_window(asset, period, says, client=estate.client, actor=OLGA, at=at)


def assert_ours(estate: Estate, plan: str) -> None:
    """This function will assert that what the lost attempt changed is on the timeline as ours, by its run."""
    changes = books.Change.objects.of_client(estate.client).current()
    (change,) = (c for c in changes if c.component == "lab-database" and c.to_core().after == "2.0")
    assert change.to_core().run == f"{plan}.2.1"
    said = books.Attribution.objects.current().get(ref=change.ref).to_core()
    assert said.strength is Strength.RECORDED
    assert said.party is not None
    assert said.party.kind is PartyKind.PROVIDER


def boot_of(machine: Machine) -> str:
    """This function will return the id the machine's kernel has for its present boot."""
    return machine.says("/proc/sys/kernel/random/boot_id").strip()


def newest_run(plan: str) -> OwnRun:
    """This function will return our newest run of a plan, as it is on record."""
    return (
        books.OwnRun.objects.current()
        .filter(ref__startswith=f"{plan}.")
        .order_by("-ref")[0]
        .to_core()
    )


def settled(how: remote.PlanShown) -> tuple[HostState, str]:
    """This function will return how the one server of a plan stands, and what it says."""
    (step,) = how.hosts.values()
    return step.state, step.says


_ASKING = """
import sys
from datetime import UTC, datetime
from groundrules.core.health import CheckKind, CheckSpec
from groundrules.gateways.ansible import Reach, Target, Tell
from groundrules.gateways.probing import NetworkProber
found = NetworkProber().look(CheckSpec(CheckKind.PORT, sys.argv[1]), datetime.now(UTC))
print(found.passed, found.says, sep="\\n")
"""


@dataclass(frozen=True, slots=True)
class ProberInNetwork:
    """Looks at servers' ports from the provider's network, by the product's own prober in a program of its own."""

    way: tuple[str, ...]

    def look(self, spec: CheckSpec, at: datetime) -> Found:
        """This function will carry out one check of a port in there."""
        del at
        assert spec.kind is CheckKind.PORT
        passed, says = run(*self.way, sys.executable, "-c", _ASKING, spec.target).splitlines()
        return Found(says, passed=passed == "True")
