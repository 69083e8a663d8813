"""Windows on real hosts with a real sshd: let in exactly as agreed, and closed for sure."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from groundrules.core.ids import WindowId
from groundrules.records.models import GateStepTaken
from groundrules.services.gate import end_now, extend, revoke, sync_lists
from tests.cast import OLGA
from tests.hosts.visits import Site, site
from tests.patience import PATIENCE, until

HOUR = timedelta(hours=1)
# How many windows open and close at once; the whole exam is 200.
WINDOWS = int(os.environ.get("GROUNDRULES_TEST_WINDOWS", "24"))


@pytest.fixture
def harbor(db: None, data: Path) -> Iterator[Site]:  # noqa: ARG001 - pytest opens the database by this name
    """This fixture will start one host with a gate."""
    with site(data, ("SRV1",)) as running:
        yield running


@pytest.mark.django_db
class TestWindow:
    """A window on a host."""

    def test_lets_in_only_while_it_is_open(self, harbor: Site) -> None:
        """Before, from elsewhere and afterwards nobody is let in; in between sshd's log names the window."""
        harbor.window("WIN-1", "SRV1", HOUR)
        before = harbor.login("WIN-1", "SRV1", "true")

        assert harbor.turn() == (1, 0, ())
        inside = harbor.login(
            "WIN-1", "SRV1", "sudo touch /srv/changed && echo $GROUNDRULES_WINDOW"
        )
        elsewhere = harbor.login("WIN-1", "SRV1", "true", network="stranger")
        end_now(
            WindowId("WIN-1"), reason="done", client=harbor.client, actor=OLGA, at=timezone.now()
        )
        assert harbor.turn() == (0, 1, ())
        after = harbor.login("WIN-1", "SRV1", "true")

        assert (before.returncode, inside.returncode, inside.stdout) == (255, 0, "WIN-1\n"), (
            inside.stderr
        )
        assert (elsewhere.returncode, after.returncode) == (255, 255)
        log = harbor.host("SRV1").says("/var/log/auth.log")
        assert "Accepted publickey for rogue from 10.213.7.66" in log
        assert "ID WIN-1 (serial 1) CA ED25519" in log

    def test_ends_what_is_still_running_at_its_end(self, harbor: Site) -> None:
        """A session, and what it put into the background, are gone when the window is closed."""
        harbor.window("WIN-2", "SRV1", HOUR)
        harbor.turn()
        words = harbor.ssh("WIN-2", "SRV1", "setsid sleep 3000 & exec sleep 3000")
        with subprocess.Popen(words, stdin=subprocess.DEVNULL) as session:
            until(
                lambda: (
                    harbor.host("SRV1").run("pgrep", "-fc", "sleep 3000", check=False).strip()
                    == "2"
                ),
                "the session did not begin",
            )

            end_now(
                WindowId("WIN-2"),
                reason="done",
                client=harbor.client,
                actor=OLGA,
                at=timezone.now(),
            )

            assert harbor.turn() == (0, 1, ())
            assert session.wait(PATIENCE) != 0
        assert harbor.host("SRV1").run("pgrep", "-u", "rogue", check=False) == ""

    def test_is_closed_by_the_host_itself_when_nobody_calls(self, harbor: Site) -> None:
        """Groundrules is gone in the middle; the certificate expires and the host's own guard ends the session."""
        harbor.window("WIN-3", "SRV1", harbor.shortest())
        assert harbor.turn() == (1, 0, ())

        with subprocess.Popen(
            harbor.ssh("WIN-3", "SRV1", "exec sleep 3000"), stdin=subprocess.DEVNULL
        ) as session:
            assert session.wait(PATIENCE) != 0

        until(
            lambda: harbor.host("SRV1").run("pgrep", "-u", "rogue", check=False) == "",
            "something of the vendor's still runs",
        )
        assert harbor.login("WIN-3", "SRV1", "true").returncode == 255
        assert harbor.turn() == (0, 1, ())
        assert [(s.step, s.done) for s in GateStepTaken.objects.order_by("pk")] == [
            ("open", True),
            ("close", True),
        ]

    def test_goes_on_when_it_is_extended(self, harbor: Site) -> None:
        """A session lives over the old end, and new logins need the new certificate."""
        lasts = harbor.shortest()
        harbor.window("WIN-4", "SRV1", lasts)
        assert harbor.turn() == (1, 0, ())
        over = round(lasts.total_seconds()) + 2
        words = harbor.ssh("WIN-4", "SRV1", f"sleep {over}; echo still here")
        with subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        ) as session:
            new_end = timezone.now() + HOUR
            extend(WindowId("WIN-4"), new_end, client=harbor.client, actor=OLGA, at=timezone.now())

            assert harbor.turn() == (1, 0, ())
            assert session.communicate(timeout=PATIENCE)[0] == "still here\n"

    def test_is_closed_when_the_host_is_back(self, harbor: Site) -> None:
        """A host that is away at the end is tried again, on-call is called, and it counts as open until it answers."""
        harbor.window("WIN-5", "SRV1", HOUR)
        harbor.turn()
        harbor.host("SRV1").run("ip", "link", "set", "eth0", "down")
        end_now(
            WindowId("WIN-5"), reason="done", client=harbor.client, actor=OLGA, at=timezone.now()
        )

        opened, closed, problems = harbor.turn()

        assert (opened, closed, len(problems)) == (0, 0, 1)
        assert "not reached" in problems[0] or "did not answer" in problems[0]
        harbor.host("SRV1").run("ip", "link", "set", "eth0", "up")
        GateStepTaken.objects.get(step="close", done=False)

    def test_opens_and_closes_many_at_once(self, db: None, data: Path) -> None:
        """Many windows on several hosts open in one turn and close in one turn, each verified at its host."""
        per_host = WINDOWS // 4
        accounts = tuple(f"vendor{number:02}" for number in range(per_host))
        hosts = ("SRV1", "SRV2", "SRV3", "SRV4")
        with site(data, hosts, accounts) as many:
            names = [(f"WIN-{host}-{name}", host, name) for host in hosts for name in accounts]
            for name, host, account in names:
                many.window(name, host, HOUR, account)

            opened = many.turn()
            assert opened == (len(names), 0, ()), opened
            inside = [
                many.login(*name, account=account) for *name, account in names[:: max(1, per_host)]
            ]
            for name, *_ in names:
                end_now(
                    WindowId(name), reason="done", client=many.client, actor=OLGA, at=timezone.now()
                )
            closed = many.turn()
            assert closed == (0, len(names), ()), closed
            assert {login.returncode for login in inside} == {0}
            for host in hosts:
                locked = many.host(host).run(
                    "sh", "-c", "getent shadow | cut -d: -f1,8 | grep vendor"
                )
                assert locked.split() == [f"{name}:1" for name in accounts]


@pytest.mark.django_db
class TestRevoking:
    """Revoking a certificate."""

    def test_is_known_to_the_host_at_once(self, harbor: Site) -> None:
        """The list of revoked certificates is sent, and sshd refuses the certificate while the window stays open."""
        harbor.window("WIN-6", "SRV1", HOUR)
        harbor.turn()
        assert harbor.login("WIN-6", "SRV1", "true").returncode == 0

        revoke(1, reason="the laptop was stolen", actor=OLGA, at=timezone.now())
        assert sync_lists(harbor.keeper.door, at=timezone.now()) == {}

        assert harbor.login("WIN-6", "SRV1", "true").returncode == 255
