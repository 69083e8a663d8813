"""SSH certificates: a login on a shared account is the vendor's to whom the window's certificate was issued."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundrules.core.attribution.answers import Level, Strength
from groundrules.core.attribution.certificates import certificate_of
from groundrules.core.attribution.weigh import weigh
from groundrules.core.evidence import Actor
from groundrules.core.ids import VendorId, WindowId
from groundrules.core.vendors import AccessWindow, Permission
from groundrules.core.work import OwnRun
from tests.core.attribution.tale import CONTEXT, MSP, ROGUE, SRV1, SRV2, at, change, session, span

PROOF = "publickey ED25519-CERT SHA256:7d3f ID WIN-31 (serial 17) CA ED25519 SHA256:aa01"  # as sshd writes it
WINDOW = AccessWindow(
    WindowId("WIN-31"),
    SRV1,
    span("2007-02-21 19:00", "2007-02-21 21:00"),
    vendor=VendorId("V1"),
    approved_at=at("2007-02-20 09:00"),
)
VISIT = session("SES-C", "admin", "2007-02-21 19:42", "2007-02-21 20:20", credential=PROOF)
MADE = change("CHG-1", "2007-02-21 19:58", actor=Actor(account="admin", session_key=VISIT.key))
WORLD = replace(CONTEXT, sessions=(VISIT,), windows=(WINDOW,))


class TestCertificates:
    def test_name_the_vendor_on_a_shared_account(self) -> None:
        """The account is shared; the certificate is not. The window is cited."""
        found = weigh(MADE, WORLD)

        assert (found.party, found.strength, found.level) == (ROGUE, Strength.RECORDED, Level.L1)
        assert ("window", "WIN-31") in {(f.kind, f.ref) for r in found.reasons for f in r.facts}
        assert found.permission.permission is Permission.INSIDE

    @pytest.mark.parametrize(
        "visit",
        [
            replace(VISIT, credential="publickey ED25519 SHA256:7d3f"),
            replace(VISIT, credential=PROOF.replace("WIN-31", "WIN-99")),
        ],
        ids=["a plain key", "a window nobody knows"],
    )
    def test_name_nobody_without_a_window(self, visit: object) -> None:
        """A plain key, or an id of no window here, leaves the shared account."""
        found = weigh(MADE, replace(WORLD, sessions=(visit,)))  # type: ignore[arg-type]

        assert (found.party, found.account) == (None, "admin")

    def test_count_on_their_own_host_only(self) -> None:
        """The window of another server issues nothing here."""
        elsewhere = replace(WINDOW, asset=SRV2)

        assert weigh(MADE, replace(WORLD, windows=(elsewhere,))).party is None

    def test_name_nobody_against_the_register(self) -> None:
        """Rogue's certificate on Ledger's account: the records contradict each other."""
        theirs = replace(VISIT, account="v2-ledger")
        made = replace(MADE, actor=Actor(account="v2-ledger", session_key=VISIT.key))

        found = weigh(made, replace(WORLD, sessions=(theirs,)))

        assert found.party is None
        assert any("neither is named" in reason.sentence for reason in found.reasons)

    def test_are_read_as_sshd_writes_them(self) -> None:
        """The key id may hold blanks and brackets; the serial follows it."""
        odd = replace(VISIT, credential=PROOF.replace("WIN-31", "WIN 31 (night)"))

        assert certificate_of(odd) == ("WIN 31 (night)", "17")


SHELL = OwnRun(
    "SHL-1",
    SRV1,
    span("2007-02-21 19:41", "2007-02-21 20:21"),
    "shell",
    frozenset({"groundrules-work"}),
    says="shell of kim: disk full",
)
OURS = replace(VISIT, credential=PROOF.replace("WIN-31", "SHL-1").replace("serial 17", "serial 0"))


class TestCertificatesOfOurOwn:
    """A certificate made for a run or a shell of ours."""

    def test_name_us_and_the_shell_by_the_sessions_key(self) -> None:
        """Even on a shared account the change is ours, recorded, L1, with the shell it was made in."""
        found = weigh(MADE, replace(WORLD, sessions=(OURS,), own_runs=(SHELL,)))

        assert (found.party, found.strength, found.level) == (MSP, Strength.RECORDED, Level.L1)
        assert found.hypotheses[0].own_run == "SHL-1"
        assert ("own run", "SHL-1") in {(f.kind, f.ref) for r in found.reasons for f in r.facts}

    def test_name_the_run_over_several_servers(self) -> None:
        """One key id of a patch run stands for its run on each server."""
        run = replace(SHELL, id="PAT-1.2.5", kind="patch run")
        login = replace(VISIT, credential=PROOF.replace("WIN-31", "PAT-1.2"))

        found = weigh(MADE, replace(WORLD, sessions=(login,), own_runs=(run,)))

        assert (found.party, found.hypotheses[0].own_run) == (MSP, "PAT-1.2.5")

    @pytest.mark.parametrize(
        "run",
        [
            replace(SHELL, asset=SRV2),
            replace(SHELL, period=span("2007-02-20 19:41", "2007-02-20 20:21")),
            replace(SHELL, id="SHL-2"),
        ],
        ids=["another server", "over by then", "another shell"],
    )
    def test_need_a_run_that_was_there(self, run: OwnRun) -> None:
        """A name in a log alone ties nothing: anybody with root can write it there."""
        found = weigh(MADE, replace(WORLD, sessions=(OURS,), own_runs=(run,)))

        assert found.party is None

    def test_name_nobody_on_a_vendors_account(self) -> None:
        """Our certificate on Ledger's account is a contradiction, and accuses neither."""
        login = replace(OURS, account="v2-ledger")
        made = replace(MADE, actor=Actor(account="v2-ledger", session_key=VISIT.key))

        found = weigh(made, replace(WORLD, sessions=(login,), own_runs=(SHELL,)))

        assert (found.party, found.strength) == (None, Strength.UNKNOWN)
        assert any("neither is named" in reason.sentence for reason in found.reasons)
