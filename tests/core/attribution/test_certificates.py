"""SSH certificates: a login on a shared account is the vendor's to whom the window's certificate was issued."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundrules.core.attribution import Level, Strength, weigh
from groundrules.core.attribution.certificates import certificate_of
from groundrules.core.evidence import Actor
from groundrules.core.ids import VendorId, WindowId
from groundrules.core.vendors import AccessWindow, Permission
from tests.core.attribution.tale import CONTEXT, ROGUE, SRV1, SRV2, at, change, session, span

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
