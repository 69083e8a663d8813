"""A client with real hosts, a vendor whose engineer has a key, and windows that begin and end while a test looks on."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from groundrules.core.ids import AssetId, ClientId, ProviderId, VendorId, WindowId
from groundrules.core.parties import Account, Asset, Party, PartyKind, Provider, Vendor
from groundrules.core.parties import Client as CoreClient
from groundrules.core.periods import Period
from groundrules.core.vendors import AccessWindow
from groundrules.records import models as books
from groundrules.services import cards
from groundrules.services.gate import (
    GateTerms,
    Keeper,
    add_gate,
    issue,
    keep_gates,
    make_authority,
    setup_text,
    ssh_door,
    sync_lists,
)
from groundrules.services.gate.certificates import Asked
from groundrules.services.vendors import record_window
from tests.cast import OLGA, TARIQ
from tests.hosts.lab import VENDOR, Host, Lab, lab, run
from tests.hosts.logins import Engineer
from tests.patience import PATIENCE

ROGUE = Party(PartyKind.VENDOR, "V1", "Rogue")


@dataclass
class Site:
    """The client's hosts with their gates, and the vendor's engineer."""

    lab: Lab
    client: books.Client
    keeper: Keeper
    keys: Path
    pace: timedelta = timedelta(0)

    def shortest(self) -> timedelta:
        """This function will say how long a window must last for a login in it: longer where the setup took long."""
        return max(timedelta(seconds=6), 3 * self.pace)

    def host(self, name: str) -> Host:
        """This function will return a running host."""
        return self.lab.hosts[name]

    def turn(self) -> tuple[int, int, tuple[str, ...]]:
        """This function will do one turn of the worker: what was opened, closed, and what went wrong."""
        report = keep_gates(self.keeper)
        return report.opened, report.closed, report.problems

    def window(self, name: str, host: str, lasts: timedelta, account: str = "rogue") -> WindowId:
        """This function will have a window approved that begins now, and its certificate issued."""
        at = timezone.now()
        window = AccessWindow(
            WindowId(name),
            AssetId(host),
            Period(at, at + lasts),
            vendor=VendorId("V1"),
            accounts=frozenset({account}),
            approved_at=at,
            approved_by=OLGA.label,
            recorded_at=at,
            backup_confirmed=True,
        )
        record_window(window, client=self.client, actor=TARIQ, at=at)
        self.certify(name, account)
        return window.id

    def certify(self, name: str, account: str = "rogue") -> books.Certificate:
        """This function will issue a certificate of a window for the engineer's key, and lay it beside the key."""
        key = (self.keys / "id.pub").read_text()
        asked = Asked(WindowId(name), account, key)
        row = issue(asked, client=self.client, actor=OLGA, at=timezone.now())
        (self.keys / f"{name}-cert.pub").write_text(row.text + "\n")
        return row

    def ssh(
        self, window: str, host: str, *command: str, account: str = "rogue", network: str = "vendor"
    ) -> tuple[str, ...]:
        """This function will return the words of an engineer's login with a window's certificate."""
        engineer = Engineer(self.lab, self.keys / "id", account)
        certificate = self.keys / f"{window}-cert.pub"
        return engineer.words(certificate, host, *command, network=network)

    def login(
        self, window: str, host: str, *command: str, account: str = "rogue", network: str = "vendor"
    ) -> subprocess.CompletedProcess[str]:
        """This function will log in as the engineer would, run a command, and return what came of it."""
        words = self.ssh(window, host, *command, account=account, network=network)
        return subprocess.run(
            words,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
        )


@contextmanager
def site(
    folder: Path, hosts: tuple[str, ...], accounts: tuple[str, ...] = ("rogue",)
) -> Iterator[Site]:
    """This function will start hosts, give each its gate by the setup script, and keep the cards of all of it."""
    keys = folder / "keys"
    keys.mkdir()
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(keys / "id"))
    at = timezone.now()
    client = _cards(hosts, accounts, at)
    make_authority(actor=OLGA, at=at)
    with lab(folder, hosts) as running:
        for name, host in running.hosts.items():
            asset = books.Asset.objects.get(client=client, code=name)
            host.run("sh", "-s", sent=setup_text(asset))
            for account in accounts:
                host.run("usermod", "-aG", "users", account)
            host.run(
                "sh",
                "-c",
                "echo '%users ALL=(root) NOPASSWD: /usr/bin/touch, /usr/bin/dpkg' >/etc/sudoers.d/vendors",
            )
            key = host.says("/etc/ssh/ssh_host_ed25519_key.pub")
            add_gate(asset, GateTerms(host.address, key), actor=OLGA, at=at)
        door = ssh_door(through=running.network("msp"))
        problems = sync_lists(door, at=timezone.now())
        assert problems == {}, problems
        yield Site(running, client, Keeper(door, timezone.now), keys, timezone.now() - at)


def _cards(hosts: tuple[str, ...], accounts: tuple[str, ...], at: datetime) -> books.Client:
    cards.keep(Provider(ProviderId("castle"), "Castle IT", "UTC"), actor=OLGA, at=at)
    harbor = CoreClient(ClientId("harbor"), "Harbor Dental", "America/Los_Angeles", "USD")
    client = cards.keep_client(harbor, actor=OLGA, at=at)
    cards.keep(
        Vendor(VendorId("V1"), "Rogue", networks=(f"{VENDOR}/32",)),
        actor=OLGA,
        at=at,
        client=client,
    )
    for host in hosts:
        cards.keep(Asset(AssetId(host), host), actor=OLGA, at=at, client=client)
        for name in accounts:
            account = Account(name, ROGUE, host=AssetId(host), person="Rae Rogue")
            cards.keep(account, actor=OLGA, at=at, client=client)
    return client
