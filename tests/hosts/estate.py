"""An estate: five real hosts of one client with old packages and newer ones to get, our way in, and the books of it.

Hosts cost seconds to start, so a module has one estate. Its rows lie in a transaction around the tests' own.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone
from pytest_django import DjangoDbBlocker

from groundrules.records import models as books
from groundrules.services import remote
from groundrules.services.case_import import keep_cards
from groundrules.services.cases import read_whole
from groundrules.services.gate import (
    GateTerms,
    add_gate,
    make_authority,
    setup_text,
    ssh_door,
    sync_lists,
)
from tests.cast import OLGA
from tests.hosts.lab import ROOT, Host, Lab, lab, run
from tests.hosts.machine import add_machine
from tests.kept import Kept, kept

HOSTS = ("SRV1", "SRV2", "SRV3", "SRV4", "SRV5")
MACHINE = "SRV2"
"""The one whose first process is systemd: it boots and restarts as a server does."""
# The old version refuses to be replaced where this file lies: the upgrade fails and apt puts the old one back.
_REFUSES = '#!/bin/sh\n[ "$1" != upgrade ] || [ ! -e /etc/refuse ] || exit 1\n'
# While /etc/hold lies there, an upgrade does not get on.
_HOLDS = '#!/bin/sh\nwhile [ "$1" = upgrade ] && [ -e /etc/hold ]; do sleep 0.2; done\n'
_PREINST = {"lab-page": _REFUSES, "lab-database": _HOLDS}
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


@contextmanager
def estate_of(folder: Path, blocker: DjangoDbBlocker) -> Iterator[Kept[Estate]]:
    """This function will start the hosts, with old packages on them and newer ones in their repository."""
    for part in ("packages", "case", "data", "lab"):
        (folder / part).mkdir()
    _build(folder / "packages")
    with lab(folder / "lab", ()) as running:
        for name in HOSTS:
            host = add_machine(running, name) if name == MACHINE else running.add_host(name)
            _furnish(host, folder / "packages")
        with kept(blocker, folder / "data", lambda: _books(folder / "case", running)) as made:
            yield made


def _books(case: Path, running: Lab) -> Estate:
    client = client_in(case)
    make_authority(actor=OLGA, at=timezone.now())
    for name, host in running.hosts.items():
        asset = books.Asset.objects.get(client=client, code=name)
        host.run("sh", "-s", sent=setup_text(asset, own_work=True))
        key = host.says("/etc/ssh/ssh_host_ed25519_key.pub")
        add_gate(asset, GateTerms(host.address, key), actor=OLGA, at=timezone.now())
    msp = running.network("msp")
    assert sync_lists(ssh_door(through=msp), at=timezone.now()) == {}
    return Estate(running, client, remote.AnsibleEngine(through=msp))


def client_in(folder: Path) -> books.Client:
    """This function will put the client with its five servers into the books."""
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
            (control / "preinst").write_text(_PREINST.get(package, "#!/bin/sh\n"))
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
