"""An installation of its own that reaches two hosts of an estate, to be killed in the middle of a patch run."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.hosts.estate import Estate
from tests.hosts.lab import ROOT
from tests.hosts.office import OWNER, Office, must, wait_until

SLOW, QUICK = "SRV4", "SRV5"
_PLAN = re.compile(r"PAT-[0-9A-F]+", re.IGNORECASE)


def office_of(estate: Estate, folder: Path) -> tuple[Office, str]:
    """This function will set an installation up with the product's own commands, up to a plan for both hosts."""
    for name in ("tests/cases/harbor.yaml", "tests/hosts/patches.yaml"):
        shutil.copy(ROOT / name, folder)
    office = Office(folder, estate.lab.network("msp"))
    where = ("--client", "HARBOR", "--asset", SLOW)
    begun = office.commands(
        ("init", "--email", OWNER, "--name", "Olga Owner"),
        ("import", str(folder / "patches.yaml")),
        ("gate", "authority"),
        ("gate", "setup-script", *where, "--own-work"),
    )
    script = begun[begun.index("#!/bin/sh") :]
    for name in (SLOW, QUICK):
        estate.lab.hosts[name].run("sh", "-s", sent=script.replace(SLOW, name))
    rings = ("--ring", f"first={SLOW},{QUICK}", "--days", "mon,tue,wed,thu,fri,sat,sun")
    excluded = ("--exclude", "lab-page", "--exclude", "lab-tool")
    said = office.commands(
        *(("gate", "add-host", *_reached(estate, name)) for name in (SLOW, QUICK)),
        ("patch", "policy", "HARBOR", *rings, *excluded),
        ("patch", "plan", "HARBOR", "first"),
    )
    return office, _PLAN.findall(said)[-1]


def _told(office: Office, says: str) -> bool:
    """Whether the run has written a step down. Asked of the file: a command would take seconds each time."""
    place = f"file:{office.folder / 'data' / 'groundrules.sqlite3'}?mode=ro"
    with closing(sqlite3.connect(place, uri=True)) as books:
        asked = "SELECT count(*) FROM records_runstep WHERE says = ?"
        (count,) = books.execute(asked, (says,)).fetchone()
    return bool(count)


def _reached(estate: Estate, name: str) -> tuple[str, ...]:
    host = estate.lab.hosts[name]
    key = host.says("/etc/ssh/ssh_host_ed25519_key.pub").strip()
    where = ("--client", "HARBOR", "--asset", name)
    return (*where, "--address", host.address, "--host-key", key)


def killed_half_way(office: Office, plan: str, estate: Estate) -> dict[str, Any]:
    """This function will kill the run while the slow host upgrades and the quick one is done; how it stands then."""
    slow = estate.lab.hosts[SLOW]
    slow.run("touch", "/etc/hold")
    approve = ("patch", "approve", plan, "--outside-hours", "the lab has no evenings")
    with office.begin(approve, ("patch", "run", plan)) as running:
        try:
            wait_until(
                lambda: slow.run("pgrep", "-f", "preinst upgrade", check=False), "no upgrade"
            )
            wait_until(lambda: _told(office, "upgrade is done"), "no quick upgrade")
        finally:
            running.kill()
    told: dict[str, Any] = office.told("patch", "show", plan, ends=7)
    must(running.returncode == -9, f"the run ended by itself: {running.returncode}")
    return told
