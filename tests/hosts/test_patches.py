"""Patches on five real hosts: planned by what apt says, one fails, it alone is retried, all is recorded as ours."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from groundrules.core.attribution.answers import Strength
from groundrules.core.ids import AssetId
from groundrules.core.parties import PartyKind
from groundrules.core.remote import HostState, PatchPolicy, Ring
from groundrules.records import models as books
from groundrules.services import own_time, remote
from groundrules.services.case_import import keep_cards
from groundrules.services.cases import read_whole
from groundrules.services.client_reports import report_of
from groundrules.services.gate import (
    GateTerms,
    add_gate,
    make_authority,
    setup_text,
    ssh_door,
    sync_lists,
)
from groundrules.services.storage import raw_store
from tests.cast import OLGA
from tests.hosts.lab import ROOT, Host, Lab, lab, run

HOSTS = ("SRV1", "SRV2", "SRV3", "SRV4", "SRV5")
STUBBORN = "SRV3"
# The old version refuses to be replaced where this file lies: the upgrade fails and apt puts the old one back.
_REFUSES = '#!/bin/sh\n[ "$1" != upgrade ] || [ ! -e /etc/refuse ] || exit 1\n'
_REPOSITORY = "deb [trusted=yes] file:/srv/repository ./\n"


@dataclass
class Estate:
    """Five hosts of one client with an agreement, a repository on each, and our way in."""

    lab: Lab
    client: books.Client
    engine: remote.AnsibleEngine

    def version(self, host: str, package: str) -> str:
        """This function will return the version that is on a host, by its own word."""
        asked = ("dpkg-query", "-W", "-f", "${Version}", package)
        return self.lab.hosts[host].run(*asked)


@pytest.fixture
def estate(db: None, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:  # noqa: ARG001 - pytest opens the database by this name
    """This fixture will start the hosts, with old packages on them and newer ones in their repository."""
    built = tmp_path_factory.mktemp("packages")
    _build(built)
    client = _client(tmp_path_factory.mktemp("case"))
    make_authority(actor=OLGA, at=timezone.now())
    with lab(data, HOSTS) as running:
        for name, host in running.hosts.items():
            _furnish(host, built)
            asset = books.Asset.objects.get(client=client, code=name)
            host.run("sh", "-s", sent=setup_text(asset, own_work=True))
            key = host.says("/etc/ssh/ssh_host_ed25519_key.pub")
            add_gate(asset, GateTerms(host.address, key), actor=OLGA, at=timezone.now())
        msp = running.network("msp")
        assert sync_lists(ssh_door(through=msp), at=timezone.now()) == {}
        yield Estate(running, client, remote.AnsibleEngine(through=msp))


def _client(folder: Path) -> books.Client:
    for name in ("tests/cases/harbor.yaml", "tests/hosts/patches.yaml"):
        shutil.copy(ROOT / name, folder)
    file = folder / "patches.yaml"
    client = keep_cards(read_whole(file.read_bytes(), file).world, actor=OLGA)
    kim = books.Technician.objects.get(code="K")
    books.User.objects.create(email=OLGA.label, name="Olga", role="owner", technician=kim)
    return client


def _build(folder: Path) -> None:
    for package in ("lab-page", "lab-tool", "lab-database"):
        for version in ("1.0", "2.0"):
            tree = folder / f"tree-{package}-{version}"
            control = tree / "DEBIAN"
            control.mkdir(parents=True)
            (control / "control").write_text(
                f"Package: {package}\nVersion: {version}\nArchitecture: all\nMaintainer: Lab <lab@lab.example>\n"
                f"Description: a package to be upgraded\n"
            )
            (control / "prerm").write_text(_REFUSES if package == "lab-page" else "#!/bin/sh\n")
            (control / "preinst").write_text(_REFUSES if package == "lab-page" else "#!/bin/sh\n")
            for script in ("prerm", "preinst"):
                (control / script).chmod(0o755)
            run("dpkg-deb", "--root-owner-group", "-b", str(tree), str(folder))
            shutil.rmtree(tree)
    entries = []
    for file in sorted(folder.glob("*_2.0_*.deb")):
        digest = run("sha256sum", str(file)).split()[0]
        entries.append(
            f"{run('dpkg-deb', '--field', str(file)).strip()}\nFilename: ./{file.name}\n"
            f"Size: {file.stat().st_size}\nSHA256: {digest}\n"
        )
    (folder / "Packages").write_text("\n".join(entries))


def _furnish(host: Host, built: Path) -> None:
    shutil.copytree(built, host.root / "srv" / "repository")
    host.run("tee", "/etc/apt/sources.list", sent=_REPOSITORY)
    host.run("sh", "-c", "rm -rf /etc/apt/sources.list.d/*; dpkg -i /srv/repository/*_1.0_all.deb")


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
