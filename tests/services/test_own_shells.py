"""Our own people on clients' servers: shells on record before and after, whatever ends them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from groundrules.cli.main import main
from groundrules.core.evidence import Session
from groundrules.core.ids import (
    AssetId,
    FreezeId,
    SessionId,
)
from groundrules.core.periods import Period
from groundrules.core.remote import EndKnownBy, OwnShell
from groundrules.core.vendors import Freeze
from groundrules.records import models as books
from groundrules.services import remote
from groundrules.services.actor import ENGINE, NotAllowed
from groundrules.services.filing import Filing, file_facts
from groundrules.services.remote import shells
from tests.cast import ANNA, TARIQ
from tests.services.own_work import NOON, Clock


class TestOpenShell:
    """A shell of one of our people."""

    def test_is_on_record_with_who_why_and_both_ends(self, gated: books.Client) -> None:
        """The shell, the run that makes it a suspect, the account as ours, and both acts in the audit book."""
        door = remote.NullShellDoor()
        asked = remote.ShellAsked("SRV1", "disk full", "INC-2", "df -h | tail -n 1")

        shell, code = remote.open_shell(gated, asked, actor=TARIQ, clock=Clock(NOON), door=door)

        assert (code, door.entered) == (0, [("SRV1.example", "df -h | tail -n 1")])
        assert (shell.person, shell.why, shell.issue) == (TARIQ.label, "disk full", "INC-2")
        assert (shell.technician, shell.end_known) == ("A", EndKnownBy.HERE)
        run = books.OwnRun.objects.current().get(ref=shell.id).to_core()
        assert (run, run.kind) == (shell.run, "shell")
        assert books.Account.objects.filter(name="groundrules-work", host__code="SRV1").exists()
        verbs = books.AuditEntry.objects.filter(subject=shell.id).values_list("verb", flat=True)
        assert {"remote.shell_open", "remote.shell_end"} <= set(verbs)

    def test_is_a_suspect_before_it_is_entered_and_ended_when_it_breaks(
        self, gated: books.Client
    ) -> None:
        """The run stands open while the person is in there; an error on the way out still writes the end."""
        seen: list[datetime | None] = []

        class Breaking(remote.NullShellDoor):
            def enter(self, *_: object) -> int:
                seen.append(books.OwnRun.objects.current().get(kind="shell").ended_at)
                raise KeyboardInterrupt

        asked = remote.ShellAsked("SRV1", "disk full")
        with pytest.raises(KeyboardInterrupt):
            remote.open_shell(gated, asked, actor=TARIQ, clock=Clock(NOON), door=Breaking())

        assert seen == [None]
        assert books.OwnRun.objects.current().get(kind="shell").ended_at is not None

    def test_is_refused_before_anything_is_written(self, gated: books.Client) -> None:
        """Without a reason, a gate or a role there is no shell, and no trace of one."""
        for asked, actor, refused in (
            (remote.ShellAsked("SRV1", " "), TARIQ, remote.WhyMissing),
            (remote.ShellAsked("SRV9", "x"), TARIQ, remote.HostUnknown),
            (remote.ShellAsked("SRV1", "x"), ANNA, NotAllowed),
            (remote.ShellAsked("SRV1", "x"), ENGINE, NotAllowed),
        ):
            with pytest.raises(refused):
                remote.open_shell(gated, asked, actor=actor, clock=Clock(NOON))

        assert not books.OwnShell.objects.exists()
        assert not books.OwnRun.objects.exists()


class TestSettleShells:
    """Shells whose end nobody saw here."""

    def test_end_where_the_servers_own_log_says_so(self, gated: books.Client) -> None:
        """A program that was killed leaves the end open; the login with the certificate's name closes it, once."""
        clock, began = Clock(NOON), NOON
        lost = OwnShell("SHL-1", AssetId("SRV1"), TARIQ.label, "disk full", Period(began, None))
        filing = Filing(gated, TARIQ, began)
        file_facts((lost, lost.run), filing)
        assert [s.standing for s in remote.newest_shells()] == ["end not seen"]
        assert remote.settle_shells(clock()) == 0
        proof = "publickey ED25519-CERT SHA256:7d3f ID SHL-1 (serial 0) CA ED25519 SHA256:aa01"
        over = began + timedelta(minutes=3)
        login = Session(
            SessionId("S-1"), lost.asset, "groundrules-work", began, over, credential=proof
        )
        file_facts((login,), filing)

        assert (remote.settle_shells(clock()), remote.settle_shells(clock())) == (1, 0)

        (shown,) = remote.newest_shells()
        assert (shown.standing, shown.shell.period.end) == ("ended, by its log", over)
        assert books.OwnRun.objects.current().get(ref="SHL-1").ended_at == over

    def test_leaves_one_that_is_under_way(self, gated: books.Client) -> None:
        """While its program lives, whatever a log says of an earlier login, it is open."""
        clock = Clock(NOON)
        asked = remote.ShellAsked("SRV1", "disk full")

        with shells.shell_on(gated, asked, actor=TARIQ, clock=clock):
            assert [s.standing for s in remote.newest_shells()] == ["open"]
            assert remote.settle_shells(clock()) == 0

        assert [s.standing for s in remote.newest_shells()] == ["ended"]


class TestShellCommand:
    """`groundrules shell`."""

    @pytest.fixture(autouse=True)
    def door(self, monkeypatch: pytest.MonkeyPatch) -> remote.NullShellDoor:
        """This fixture will keep the command from reaching any host."""
        door = remote.NullShellDoor()
        monkeypatch.setattr(shells, "SshShellDoor", lambda: door)
        return door

    def test_says_what_is_on_record_now_and_lists_it(
        self, gated: books.Client, door: remote.NullShellDoor, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """One line afterwards; the list has who, why, ticket and both ends; a freeze is said beforehand."""
        freeze = Freeze(FreezeId("F-1"), Period(NOON, None), reason="year end")
        file_facts((freeze,), Filing(gated, TARIQ, NOON))
        words = ["shell", "SRV1", "--why", "disk full", "--for", "INC-2", "--as", TARIQ.label]

        assert main([*words, "--do", "df -h /"]) == 0

        said = capsys.readouterr().err
        assert "changes on SRV1 are frozen: year end" in said
        assert "your shell on SRV1 is on record as ours, 1 min" in said
        assert door.entered == [("SRV1.example", "df -h /")]
        assert main(["shell"]) == 0
        assert f"HARBOR SRV1: ended, {TARIQ.label}" in (listed := capsys.readouterr().out)
        assert "disk full [INC-2]" in listed
        assert main(["shell", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert [(one["server"], one["end_known_by"]) for one in told] == [("SRV1", "seen here")]

    @pytest.mark.parametrize(
        ("words", "number", "says"),
        [
            (["SRV1"], 8, "--why"),
            (["SRV9", "--why", "x"], 3, "no client has a server SRV9"),
            (["SRV1", "--why", "x", "--client", "NOBODY"], 3, "there is no client NOBODY"),
            (["SRV1", "--why", "x", "--as", "no@x.example"], 4, "no@x.example"),
        ],
        ids=["no reason", "no server", "no client", "nobody"],
    )
    @pytest.mark.usefixtures("gated")
    def test_refuses_in_one_sentence(
        self, words: list[str], number: int, says: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Each kind of bad input has its number, and what to do."""
        assert main(["shell", *words]) == number
        assert says in capsys.readouterr().err
        assert not books.OwnShell.objects.exists()

    @pytest.mark.usefixtures("gated")
    def test_says_when_ssh_did_not_get_in(
        self, door: remote.NullShellDoor, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """It is on record all the same, and the number tells a script."""
        door.ends = remote.NO_WAY_IN

        assert main(["shell", "SRV1", "--why", "disk full"]) == 6
        assert "did not get in" in capsys.readouterr().err
