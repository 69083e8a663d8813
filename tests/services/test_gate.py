"""The gate's verbs, with a door that answers as a willing, or an unwilling, host would."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings

from groundrules.core.ids import AssetId, VendorId, WindowId
from groundrules.core.parties import Account, Party, PartyKind
from groundrules.core.parties import Vendor as CoreVendor
from groundrules.core.periods import Period
from groundrules.core.vendors import AccessWindow
from groundrules.core.vendors.gate import CertificateRefused
from groundrules.gateways.gate import GateReply, GateUnreachable, NullGateDoor, Pass, Way
from groundrules.gateways.mail import Mail, MailRefused
from groundrules.records.models import (
    Asset,
    AuditEntry,
    Certificate,
    CertificateAuthority,
    Client,
    Gate,
    GateStepTaken,
    Vendor,
)
from groundrules.services import cards, paging
from groundrules.services.actor import NotAllowed
from groundrules.services.gate import (
    AuthorityAlreadyRetired,
    GateTerms,
    HostKeyUnusable,
    Keeper,
    NoGate,
    UserKeyUnusable,
    WindowOver,
    add_gate,
    end_now,
    extend,
    issue,
    keep_gates,
    make_authority,
    retire_authority,
    revoke,
    setup_text,
    sync_lists,
)
from groundrules.services.gate.certificates import Asked
from groundrules.services.vendors import record_window
from tests.cast import AFTERWARDS, OLGA, TARIQ

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMq0OXTlTsN6kCi0sRHSJXbdbAYCVKlwwFWuRdbUnNq0 rae@rogue"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
WINDOW = WindowId("WIN-GATE")


class UnwillingDoor(NullGateDoor):
    """A host that is away whenever it is to be closed."""

    def call(self, way: Way, held: Pass, words: tuple[str, ...], sent: bytes = b"") -> GateReply:
        """This function will answer openings only."""
        if words[0] == "close":
            message = f"{way.address} was not reached: no route"
            raise GateUnreachable(message)
        return super().call(way, held, words, sent)


class RefusingOutbox:
    """A mail server that takes nothing."""

    def send(self, mail: Mail) -> str:
        """This function will refuse."""
        message = f"{mail.to} is refused"
        raise MailRefused(message)


@pytest.fixture
def gate(harbor: Client, monkeypatch: pytest.MonkeyPatch) -> Gate:
    """This fixture will give SRV1 a gate, and the vendor's engineer a named account on it."""
    monkeypatch.setattr(settings, "GROUNDRULES_ONCALL", "oncall@castle-it.example")
    vendor = Vendor.objects.get(code="V1").to_core()
    keep_networks(vendor)
    party = Party(PartyKind.VENDOR, "V1", vendor.name)
    account = Account("rae", party, host=AssetId("SRV1"), person="Rae Rogue")
    cards.keep(account, actor=OLGA, at=AFTERWARDS, client=harbor)
    make_authority(actor=OLGA, at=AFTERWARDS)
    asset = Asset.objects.get(client=harbor, code="SRV1")
    return add_gate(asset, GateTerms("srv1.harbor.example", KEY), actor=OLGA, at=AFTERWARDS)


def keep_networks(vendor: CoreVendor) -> None:
    """This function will declare where the vendor comes from."""
    declared = CoreVendor(vendor.id, vendor.name, ("203.0.113.0/28",), vendor.people)
    cards.keep(declared, actor=OLGA, at=AFTERWARDS)


def _same(moment: datetime) -> datetime:
    return moment


def approve(client: Client, *, approved: bool = True) -> None:
    """This function will record the window, an hour long from the instant of the cast."""
    window = AccessWindow(
        WINDOW,
        AssetId("SRV1"),
        Period(AFTERWARDS, AFTERWARDS + HOUR),
        vendor=VendorId("V1"),
        approved_at=AFTERWARDS if approved else None,
        recorded_at=AFTERWARDS,
    )
    record_window(window, client=client, actor=TARIQ, at=AFTERWARDS)


def certified(client: Client, at: datetime = AFTERWARDS) -> Certificate:
    """This function will issue the engineer's certificate."""
    return issue(Asked(WINDOW, "rae", KEY), client=client, actor=TARIQ, at=at)


class TestIssue:
    """Certificates."""

    def test_is_read_by_openssh_as_it_was_meant(self, gate: Gate, tmp_path: Path) -> None:
        """ssh-keygen shows window, principal, network, times and the forced session; nothing more is permitted."""
        approve(gate.asset.client)
        path = tmp_path / "id-cert.pub"
        path.write_text(certified(gate.asset.client).text)

        words = ["ssh-keygen", "-L", "-f", str(path)]
        shown = subprocess.run(words, capture_output=True, text=True, check=True, env={"TZ": "UTC"})

        lines = [line.strip() for line in shown.stdout.splitlines()]
        assert 'Key ID: "WIN-GATE"' in lines
        assert "Serial: 1" in lines
        assert (
            f"Valid: from {AFTERWARDS:%Y-%m-%dT%H:%M:%S} to {AFTERWARDS + HOUR:%Y-%m-%dT%H:%M:%S}"
            in lines
        )
        assert lines[lines.index("Principals:") + 1] == "WIN-GATE:rae"
        until = int((AFTERWARDS + HOUR).timestamp())
        assert f"force-command /usr/local/sbin/groundrules-session WIN-GATE {until}" in lines
        assert "source-address 203.0.113.0/28" in lines
        assert lines[lines.index("Extensions:") + 1 :] == ["permit-pty"]

    def test_refuses_what_was_not_approved(self, gate: Gate) -> None:
        """A request is no permission."""
        approve(gate.asset.client, approved=False)

        with pytest.raises(CertificateRefused, match="approve it first"):
            certified(gate.asset.client)
        assert not Certificate.objects.exists()

    def test_refuses_a_private_key(self, gate: Gate) -> None:
        """Somebody will paste the wrong file."""
        approve(gate.asset.client)
        asked = Asked(WINDOW, "rae", "-----BEGIN OPENSSH PRIVATE KEY-----")

        with pytest.raises(UserKeyUnusable, match="never the private key"):
            issue(asked, client=gate.asset.client, actor=TARIQ, at=AFTERWARDS)

    def test_says_so_where_there_is_no_gate(self, harbor: Client) -> None:
        """Without a gate Groundrules records and alerts, and does not pretend to let in."""
        approve(harbor)

        with pytest.raises(NoGate, match="setup-script"):
            certified(harbor)

    def test_gives_each_serial_once(self, gate: Gate) -> None:
        """The next certificate has the next number."""
        approve(gate.asset.client)

        serials = [certified(gate.asset.client).serial for _ in range(3)]

        assert serials == [1, 2, 3]


class TestKeepGates:
    """Opening and closing."""

    def test_opens_and_closes_with_an_entry_for_each(self, gate: Gate) -> None:
        """Nothing is due twice, and the audit tells both."""
        approve(gate.asset.client)
        certified(gate.asset.client)
        door = NullGateDoor()

        turns = [
            keep_gates(Keeper(door, partial(_same, moment)))
            for moment in (
                AFTERWARDS,
                AFTERWARDS + MINUTE,
                AFTERWARDS + HOUR,
                AFTERWARDS + 2 * HOUR,
            )
        ]

        assert [(turn.opened, turn.closed) for turn in turns] == [(1, 0), (0, 0), (0, 1), (0, 0)]
        verbs = AuditEntry.objects.filter(verb__startswith="gate.", subject=WINDOW)
        assert [e.verb for e in verbs.order_by("pk")] == ["gate.issue", "gate.open", "gate.close"]

    def test_tries_again_and_calls_on_call_until_the_host_says_closed(self, gate: Gate) -> None:
        """A host that is away at the end is tried again, on-call is called once, and it is closed when back."""
        approve(gate.asset.client)
        certified(gate.asset.client)
        away, end = UnwillingDoor(), AFTERWARDS + HOUR
        keep_gates(Keeper(away, lambda: AFTERWARDS))

        for minute in range(6):
            keep_gates(Keeper(away, partial(_same, end + minute * MINUTE)))
        tried = list(GateStepTaken.objects.filter(step="close").order_by("pk"))
        back = NullGateDoor()
        report = keep_gates(Keeper(back, lambda: end + 20 * MINUTE))

        assert [(row.done, row.paged) for row in tried] == [
            (False, False),
            (False, False),
            (False, True),
            (False, False),
            (False, False),
        ]
        assert tried[0].says == "srv1.harbor.example was not reached: no route"
        assert report.closed == 1
        call = AuditEntry.objects.get(verb="paging.call")
        assert "WIN-GATE on SRV1 should be closed and is not" in call.says

    def test_leaves_no_step_when_killed_before_the_answer(self, gate: Gate) -> None:
        """A worker that dies while the host is being asked has written nothing, so the next one asks again."""
        approve(gate.asset.client)
        certified(gate.asset.client)

        class Dying(NullGateDoor):
            def call(
                self, way: Way, held: Pass, words: tuple[str, ...], sent: bytes = b""
            ) -> GateReply:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            keep_gates(Keeper(Dying(), lambda: AFTERWARDS))

        assert not GateStepTaken.objects.exists()
        assert keep_gates(Keeper(NullGateDoor(), lambda: AFTERWARDS)).opened == 1


class TestPaging:
    """Calling on-call."""

    def test_does_not_stop_closing_when_the_mail_server_refuses(
        self, gate: Gate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nobody could be reached: that is said, the closing goes on, and on-call is called again at the next turn."""
        monkeypatch.setattr(paging, "outbox", RefusingOutbox)
        approve(gate.asset.client)
        certified(gate.asset.client)
        away, end = UnwillingDoor(), AFTERWARDS + HOUR
        keep_gates(Keeper(away, lambda: AFTERWARDS))

        for minute in (0, 2, 4):
            keep_gates(Keeper(away, partial(_same, end + minute * MINUTE)))

        assert not GateStepTaken.objects.filter(paged=True).exists()
        said = AuditEntry.objects.filter(verb="paging.call").values_list("says", flat=True)
        assert [one.partition("; ")[2].partition(";")[0] for one in said] == ["called nobody"] * 2


class TestWindows:
    """Ending and extending."""

    def test_end_now_revokes_and_closes(self, gate: Gate) -> None:
        """Its certificates are revoked, and closing is due at once."""
        approve(gate.asset.client)
        certified(gate.asset.client)
        door = NullGateDoor()
        keep_gates(Keeper(door, lambda: AFTERWARDS))

        end_now(
            WINDOW, reason="done", client=gate.asset.client, actor=TARIQ, at=AFTERWARDS + MINUTE
        )

        assert keep_gates(Keeper(door, lambda: AFTERWARDS + MINUTE)).closed == 1
        assert Certificate.objects.filter(revocation__isnull=False).count() == 1

    def test_extend_issues_for_the_longer_time(self, gate: Gate) -> None:
        """Who has a certificate gets one until the new end, and the host is told."""
        approve(gate.asset.client)
        certified(gate.asset.client)
        door, later = NullGateDoor(), AFTERWARDS + 3 * HOUR
        keep_gates(Keeper(door, lambda: AFTERWARDS))

        extend(WINDOW, later, client=gate.asset.client, actor=TARIQ, at=AFTERWARDS + MINUTE)

        assert [c.valid_to for c in Certificate.objects.order_by("pk")] == [
            AFTERWARDS + HOUR,
            later,
        ]
        assert keep_gates(Keeper(door, lambda: AFTERWARDS + MINUTE)).opened == 1
        assert door.calls[-1] == (
            "srv1.harbor.example",
            "open",
            WINDOW,
            "rae",
            str(int(later.timestamp())),
        )

    def test_extend_refuses_a_window_that_is_over(self, gate: Gate) -> None:
        """What was not allowed then can't be allowed afterwards."""
        approve(gate.asset.client)

        with pytest.raises(WindowOver, match="ask for a new window"):
            extend(
                WINDOW,
                AFTERWARDS + 3 * HOUR,
                client=gate.asset.client,
                actor=TARIQ,
                at=AFTERWARDS + HOUR,
            )


class TestAuthority:
    """Authorities and hosts."""

    def test_is_rotated_without_a_gap(self, gate: Gate) -> None:
        """The new one signs, hosts trust both until the old one is retired, and its key is destroyed then."""
        first = CertificateAuthority.objects.get()
        second = make_authority(actor=OLGA, at=AFTERWARDS)
        approve(gate.asset.client)

        assert certified(gate.asset.client).authority == second
        retire_authority(first.pk, actor=OLGA, at=AFTERWARDS)
        with pytest.raises(AuthorityAlreadyRetired):
            retire_authority(second.pk, actor=OLGA, at=AFTERWARDS)

    def test_is_for_owners(self, gate: Gate) -> None:
        """A technician keeps gates, and does not make authorities."""
        with pytest.raises(NotAllowed):
            make_authority(actor=TARIQ, at=AFTERWARDS)

    def test_refuses_what_is_no_host_key(self, gate: Gate) -> None:
        """An address and a key that could be anything are refused with what to take instead."""
        with pytest.raises(HostKeyUnusable, match="never what ssh-keyscan says"):
            add_gate(gate.asset, GateTerms("10.0.0.1", "fingerprint"), actor=OLGA, at=AFTERWARDS)
        with pytest.raises(HostKeyUnusable, match="is no address"):
            add_gate(gate.asset, GateTerms("-oProxyCommand=x", KEY), actor=OLGA, at=AFTERWARDS)

    def test_tells_hosts_only_what_they_do_not_know(self, gate: Gate) -> None:
        """Lists are sent when they have changed."""
        approve(gate.asset.client)
        serial = certified(gate.asset.client).serial
        door = NullGateDoor()

        sync_lists(door, at=AFTERWARDS)
        sync_lists(door, at=AFTERWARDS)
        revoke(serial, reason="laptop stolen", actor=TARIQ, at=AFTERWARDS)
        sync_lists(door, at=AFTERWARDS)

        assert [words[1] for words in door.calls] == ["trust", "revoke", "revoke"]

    def test_setup_script_is_whole(self, gate: Gate) -> None:
        """The script names the host, its accounts and the authority, and a shell can read it."""
        text = setup_text(gate.asset)

        subprocess.run(["sh", "-n"], input=text, text=True, check=True)
        assert "Match User rae" in text
        assert "@" not in text.replace("@$until", "").replace("$@", "")
