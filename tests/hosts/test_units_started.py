"""The units of deploy/systemd under a real systemd: set up as docs/how-to/install.md says, killed, and rebooted."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosts.lab import ROOT, require_lab, run
from tests.hosts.machine import Machine, machine_on
from tests.patience import until

HOME = "/opt/groundrules"
SERVICES = ("groundrules-web", "groundrules-worker", "groundrules-gate")
READY = "from urllib.request import urlopen; print(urlopen('http://127.0.0.1:8137/readyz').read().decode())"
# The wheels with what they need, into the place the units name: `root`, `wheels`, `cache` and `uv` are ours.
INSTALL = f"""set -e
for one in wheels cache source; do mkdir -p "$1/srv/$one"; done
touch "$1/srv/uv"
mount --bind "$2" "$1/srv/wheels"
mount --bind "$3" "$1/srv/cache"
mount --bind "$4" "$1/srv/uv"
mount --bind "$5" "$1/srv/source"
chroot "$1" sh -ec '
    export UV_CACHE_DIR=/srv/cache UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
    python3 -m venv {HOME}/.venv
    cd /srv/source
    UV_PROJECT_ENVIRONMENT={HOME}/.venv /srv/uv sync --offline --quiet --frozen --inexact --no-default-groups \
        --no-install-workspace --python {HOME}/.venv/bin/python
    /srv/uv pip install --offline --quiet --no-deps --python {HOME}/.venv/bin/python /srv/wheels/*.whl
    # As pip leaves it: the services may not write byte code, and would compile everything at each start.
    cd {HOME}/.venv/lib/python3*/site-packages
    {HOME}/.venv/bin/python -m compileall -q groundrules groundrules_wire django
'
"""


def documented() -> str:
    """What install.md says to type under *Keep it running*."""
    page = (ROOT / "docs" / "how-to" / "install.md").read_text()
    found = re.search(r"## Keep it running\n\n((?:    .+\n)+)", page)
    assert found, "docs/how-to/install.md no longer says how to keep it running"
    return found[1]


def installed(machine: Machine, folder: Path) -> None:
    """The wheels of this tree, built as for a release, put where the units look for them."""
    uv = str(ROOT / ".venv" / "bin" / "uv")
    wheels = folder / "wheels"
    build = ("build", "--quiet", "--all-packages", "--wheel", "--out-dir", str(wheels))
    run("env", f"--chdir={ROOT}", uv, *build)
    (machine.root / HOME.strip("/")).mkdir(parents=True)
    ours = (str(machine.root), str(wheels), run(uv, "cache", "dir").strip(), uv, str(ROOT))
    run("unshare", "--mount", "sh", "-c", INSTALL, "install", *ours)
    # This machine is reached by nobody: its sshd has no keys, and would fail.
    (machine.root / "etc/systemd/system/multi-user.target.wants/ssh.service").unlink(
        missing_ok=True
    )


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """One machine with Groundrules set up and its units started, as the page says."""
    require_lab()
    folder, network = tmp_path_factory.mktemp("units"), f"gru{os.getpid()}"
    run("ip", "netns", "add", network)
    try:
        run("ip", "netns", "exec", network, "ip", "link", "set", "lo", "up")
        with machine_on(folder, "books", "127.0.0.1", f"/run/netns/{network}") as started:
            installed(started, folder)
            started.power_on()
            init = f"{HOME}/.venv/bin/groundrules init --email olga@example.org --name Olga"
            started.run("env", "GROUNDRULES_DATA=/var/lib/groundrules", "sh", "-c", init)
            started.run("bash", "-ec", f"cd {HOME}\n{documented()}")
            # Of use where vendors come in by our gates; a provider starts it with the first of them.
            started.run("systemctl", "enable", "--now", "groundrules-gate")
            until(lambda: is_ready(started), "the pages did not come", every=0.25)
            yield started
    finally:
        run("ip", "netns", "delete", network, check=False)


def is_ready(machine: Machine) -> bool:
    """Whether the worker runs, and the pages answer and the database is there."""
    active = machine.run("systemctl", "is-active", *SERVICES, check=False).split()
    if active != ["active"] * len(SERVICES):
        return False
    return machine.run("python3", "-c", READY, check=False).strip() == "ready"


class TestUnits:
    """In this order: each begins with all services running."""

    def test_write_nothing_but_their_data(self, machine: Machine) -> None:
        """What the unit promises is what the kernel does to the process that runs."""
        for service in SERVICES:
            number = machine.shows(service, "MainPID")
            inside = ("nsenter", "-t", number, "-m", "--", "touch")
            for place in ("/etc/x", f"{HOME}/x", "/var/backups/groundrules/x", "/usr/x"):
                machine.run(*inside, place, check=False)
                assert not machine.run("sh", "-c", f"ls {place} 2>/dev/null || :"), place
            machine.run(*inside, "/var/lib/groundrules/x")
            status = machine.says(f"/proc/{number}/status")
            for told in ("NoNewPrivs:\t1", "CapBnd:\t0000000000000000", "Seccomp:\t2"):
                assert told in status, (service, told)
            assert machine.shows(service, "User") == "groundrules"

    def test_put_no_sign_in_link_into_the_journal(self, machine: Machine) -> None:
        """Whoever may read the journal is not thereby the owner."""
        said = machine.journal("groundrules-web")

        assert "Groundrules is served at http://127.0.0.1:8137" in said
        assert "groundrules user link olga@example.org" in said
        assert not re.search(r"/sign-in/\w", said)

    def test_back_up_by_their_timer(self, machine: Machine) -> None:
        """The timer waits for the night, and what it starts leaves a backup that only its owner can read."""
        assert machine.says_active("groundrules-backup.timer") == "active"
        machine.run("systemctl", "start", "groundrules-backup.service")
        assert machine.shows("groundrules-backup.service", "Result") == "success"
        (backup,) = machine.run("ls", "/var/backups/groundrules").split()
        place = f"/var/backups/groundrules/{backup}"
        assert machine.run("stat", "-c", "%U %a", place).split() == ["groundrules", "600"]

    def test_come_back_after_being_killed(self, machine: Machine) -> None:
        """Each by `kill -9`: systemd starts each once more, and the pages answer."""
        for service in SERVICES:
            machine.run("kill", "-9", machine.shows(service, "MainPID"))
        until(
            lambda: (
                is_ready(machine) and {machine.shows(s, "NRestarts") for s in SERVICES} == {"1"}
            ),
            "killed services did not come back",
            every=0.25,
        )

    def test_stop_in_order_and_come_back_with_the_machine(self, machine: Machine) -> None:
        """Stopped by a word, not by force; after a reboot everything is there, and the owner still is."""
        machine.run("systemctl", "stop", *SERVICES)
        assert {machine.shows(service, "Result") for service in SERVICES} == {"success"}

        machine.reboot()

        until(lambda: is_ready(machine), "nothing came back after the reboot", every=0.25)
        assert machine.boots == 2
        assert machine.says_active("groundrules-backup.timer") == "active"
        listed = (f"{HOME}/.venv/bin/groundrules", "user", "list")
        as_ours = ("setpriv", "--reuid=groundrules", "--regid=groundrules", "--clear-groups")
        books = ("env", "GROUNDRULES_DATA=/var/lib/groundrules")
        assert "olga@example.org  Olga  owner" in machine.run(*as_ours, *books, *listed)
