"""A vendor's change made during a real recovery, told apart from what the restore itself brought, and attributed."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from groundrules.core.answers.recovery_story import Origin, RecoveryStory
from groundrules.core.attribution.answers import Strength
from groundrules.core.causation.answers import CauseVerdict, Incident
from groundrules.core.evidence import HealthCheck
from groundrules.core.ids import ApplicationId, AssetId, HealthCheckId, IncidentId
from groundrules.core.periods import Period
from groundrules.core.recovery import Recovery
from groundrules.core.work import OwnRun
from groundrules.records import models as books
from groundrules.services import incidents, recovery
from groundrules.services.case_import import keep_cards
from groundrules.services.cases import read_whole
from groundrules.services.evidence import Handed, receive
from groundrules.services.filing import Filing, file_facts
from groundrules.services.gate import (
    GateTerms,
    Keeper,
    add_gate,
    make_authority,
    setup_text,
    ssh_door,
    sync_lists,
)
from groundrules.services.world import answer_for
from tests.cast import OLGA, TARIQ
from tests.hosts.lab import ROOT, Host, lab, run
from tests.hosts.visits import Site

SRV1, PORTAL = AssetId("SRV1"), ApplicationId("PORTAL")
# Clocks differ and the host's log tells whole seconds: what is nearer than this is not surely before or after.
SURELY = 3.1
MISSING = "lab-runtime not found"
_PACKAGES = (("lab-runtime", "2.0"), ("lab-driver", "1.0"), ("lab-driver", "1.1"))


@dataclass
class Recovered:
    """The server, its books, and what was seen of the portal by asking the server itself."""

    site: Site
    checks: int = 0

    @property
    def host(self) -> Host:
        """The server."""
        return self.site.host("SRV1")

    def collect(self, name: str) -> None:
        """Run the collector on the server and hand its envelope in."""
        words = (
            "python3",
            "-m",
            "groundrules_collector",
            "--once",
            "--output",
            f"/root/{name}.grev",
        )
        self.host.run("env", "PYTHONPATH=/opt/collector", *words, check=False)
        raw = (self.host.root / "root" / f"{name}.grev").read_bytes()
        receive(Handed(raw, f"{name}.grev"), actor=OLGA, at=timezone.now())

    def looked(self) -> HealthCheck:
        """Ask the server whether what the portal needs is there, and put the answer on record."""
        found = self.host.run("sh", "-c", "cat /opt/lab-runtime/version || true").strip()
        self.checks += 1
        healthy = found == "2.0"
        told = HealthCheck(
            HealthCheckId(f"HC-{self.checks}"),
            PORTAL,
            timezone.now(),
            healthy,
            "" if healthy else MISSING,
        )
        file_facts((told,), Filing(self.site.client, TARIQ, told.at))
        return told


@pytest.fixture
def recovered(db: None, data: Path) -> Iterator[Recovered]:  # noqa: ARG001 - pytest opens the database by this name
    """This fixture will start the server with its gate, its runtime and its portal."""
    keys = data / "keys"
    keys.mkdir()
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(keys / "id"))
    client = _client(data)
    make_authority(actor=OLGA, at=timezone.now())
    with lab(data, ("SRV1",)) as running:
        host = running.hosts["SRV1"]
        asset = books.Asset.objects.get(client=client, code="SRV1")
        host.run("sh", "-s", sent=setup_text(asset))
        _furnish(host)
        key = host.says("/etc/ssh/ssh_host_ed25519_key.pub")
        add_gate(asset, GateTerms(host.address, key), actor=OLGA, at=timezone.now())
        door = ssh_door(through=running.network("msp"))
        assert sync_lists(door, at=timezone.now()) == {}
        yield Recovered(Site(running, client, Keeper(door, timezone.now), keys))


def _client(folder: Path) -> books.Client:
    for name in ("tests/cases/harbor.yaml", "tests/hosts/recovered.yaml"):
        shutil.copy(ROOT / name, folder)
    file = folder / "recovered.yaml"
    return keep_cards(read_whole(file.read_bytes(), file).world, actor=OLGA)


def _furnish(host: Host) -> None:
    """Real Debian packages, a vendor who may use apt, and the collector."""
    for package, version in _PACKAGES:
        tree = f"/srv/{package}-{version}"
        control = (
            f"Package: {package}\nVersion: {version}\nArchitecture: all\nMaintainer: Lab <lab@lab.example>\n"
            "Description: a part of a server\n"
        )
        host.run("mkdir", "-p", f"{tree}/DEBIAN", f"{tree}/opt/{package}")
        host.run("tee", f"{tree}/DEBIAN/control", sent=control)
        host.run("tee", f"{tree}/opt/{package}/version", sent=f"{version}\n")
        host.run("dpkg-deb", "--root-owner-group", "-b", tree, f"{tree}.deb")
    host.run("dpkg", "-i", "/srv/lab-runtime-2.0.deb", "/srv/lab-driver-1.0.deb")
    rights = "rogue ALL=(root) NOPASSWD: /usr/bin/apt-get"
    host.run("sh", "-c", f"echo '{rights}' >/etc/sudoers.d/rogue; chmod 440 /etc/sudoers.d/rogue")
    shutil.copytree(ROOT / "collector" / "src", host.root / "opt" / "collector")


def _restored(on: Recovered) -> datetime:
    """Our own part: the driver of the new array comes with it, and the portal is asked when all is written back."""
    began = timezone.now()
    time.sleep(1.1)
    on.host.run("dpkg", "-i", "/srv/lab-driver-1.1.deb")
    time.sleep(1.1)
    ended = timezone.now()
    assert on.looked().healthy, "the restore itself broke nothing"
    ours = OwnRun(
        "RUN-1", SRV1, Period(began, ended), "recovery", frozenset({"alex"}), says="Restore"
    )
    file_facts((ours,), Filing(on.site.client, TARIQ, timezone.now()))
    return ended


def _visited(on: Recovered) -> None:
    """The vendor's engineer logs in by a window, and takes the runtime away."""
    time.sleep(SURELY)
    on.site.window("WIN-1", "SRV1", timedelta(hours=1))
    assert on.site.turn() == (1, 0, ())
    done = on.site.login("WIN-1", "SRV1", "sudo apt-get remove -y -q lab-runtime")
    assert done.returncode == 0, done.stdout + done.stderr
    time.sleep(SURELY)


def _told(on: Recovered, failed_at: datetime, restored_at: datetime) -> RecoveryStory:
    """The server is back and listed, the portal is found broken, and the record is told."""
    client, back = on.site.client, timezone.now()
    noted = Recovery(
        IncidentId("INC-1"),
        SRV1,
        failed_at,
        failed_at - timedelta(minutes=1),
        recovered_at=back,
        restored_at=restored_at,
        records_lost=0,
        verified_by="Alex",
    )
    recovery.note(noted, client=client, actor=TARIQ, at=back)
    on.collect("after")
    at = timezone.now()
    recovery.keep_baseline("INC-1", client=client, actor=TARIQ, at=at)
    portal = Incident(IncidentId("INC-2"), "The portal stopped", SRV1, at, PORTAL, MISSING)
    incidents.open_incident(portal, client=client, actor=TARIQ, at=at)
    return recovery.tell("INC-1", client=client, at=timezone.now())


@pytest.mark.django_db
def test_change_in_a_recovery_is_whose_it_was(recovered: Recovered) -> None:
    """The driver may have come with the restore; the runtime was taken by Rogue, by record, and that is the cause."""
    on = recovered
    on.collect("before")
    assert on.looked().healthy
    failed_at = timezone.now()
    array = Incident(
        IncidentId("INC-1"), "The array failed", SRV1, failed_at, hardware="drive array"
    )
    incidents.open_incident(array, client=on.site.client, actor=TARIQ, at=failed_at)
    restored_at = _restored(on)
    _visited(on)
    assert not on.looked().healthy

    story = _told(on, failed_at, restored_at)

    origins = {str(one.change.component): one for one in story.changes}
    runtime, driver = origins["lab-runtime"], origins["lab-driver"]
    assert (runtime.origin, driver.origin) == (Origin.ANOTHERS, Origin.MAY_BE_FALLOUT)
    assert runtime.attribution.strength is Strength.RECORDED
    assert "Rogue Dental Software" in runtime.sentence
    assert "during the recovery" in runtime.sentence
    (followed,) = story.followed
    assert (followed.incident.id, followed.origin) == ("INC-2", Origin.ANOTHERS)
    answers = answer_for(on.site.client, timezone.now())
    cause = next(one for one in answers.causes if one.incident == "INC-2")
    assert (cause.verdict, cause.changes) == (CauseVerdict.LIKELY_CHANGE, (runtime.change.id,))
