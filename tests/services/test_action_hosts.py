"""Windows hosts: what they fetch, what they refuse, and when a window counts as closed there."""

from __future__ import annotations

import subprocess
from base64 import b64decode
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from groundrules.core.evidence import Action, Citation, ItemKind, Observation
from groundrules.core.evidence import Actor as SeenActor
from groundrules.core.ids import AssetId, EvidenceId, VendorId, WindowId
from groundrules.core.parties import Account, Party, PartyKind
from groundrules.core.periods import Period
from groundrules.core.vendors import AccessWindow
from groundrules.core.vendors.actions import ActionUnsayable
from groundrules.core.vendors.gate import CertificateRefused
from groundrules.gateways.gate import NullGateDoor
from groundrules.gateways.mail import Mail
from groundrules.records import models as books
from groundrules.records.models import Asset, Client, GateStepTaken
from groundrules.services import cards, paging
from groundrules.services.access.deciding import Deciding, approve
from groundrules.services.actor import NotAllowed
from groundrules.services.filing import Filing, file_fact
from groundrules.services.gate import (
    GateTerms,
    HostNotKnown,
    Keeper,
    NoGate,
    OtherGate,
    Told,
    UnknownAccount,
    add_gate,
    add_windows_host,
    end_now,
    extend,
    issue,
    keep_gates,
    told_by_log,
    turn,
)
from groundrules.services.gate.certificates import Asked, window_row
from groundrules.services.vendors import record_window
from tests.cast import AFTERWARDS, OLGA, TARIQ
from tests.services.test_gate import KEY
from tests.windows.host import WindowsHost

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
END = AFTERWARDS + HOUR
WINDOW = WindowId("WIN-W1")


def turning(token: str, answers: tuple[Told, ...], at: datetime) -> tuple[str, ...]:
    """This function will call as a host does."""
    return turn(token, answers, at=at)


@pytest.fixture
def client(harbor: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """This fixture will give the vendor's engineer an account on SRV1, and put somebody on call."""
    monkeypatch.setattr(settings, "GROUNDRULES_ONCALL", "oncall@castle-it.example")
    party = Party(PartyKind.VENDOR, "V1", "Rogue")
    account = Account("rae", party, host=AssetId("SRV1"), person="Rae Rogue")
    cards.keep(account, actor=OLGA, at=AFTERWARDS, client=harbor)
    return harbor


@pytest.fixture
def host(client: Client) -> WindowsHost:
    """This fixture will set SRV1 up as the printed file says."""
    asset = Asset.objects.get(client=client, code="SRV1")
    _, text = add_windows_host(asset, actor=OLGA, at=AFTERWARDS)
    return WindowsHost.of(text)


def approved(client: Client, ref: WindowId = WINDOW, end: datetime = END) -> None:
    """This function will record an approved window for the engineer's account."""
    window = AccessWindow(
        ref,
        AssetId("SRV1"),
        Period(AFTERWARDS, end),
        vendor=VendorId("V1"),
        accounts=frozenset({"rae"}),
        approved_at=AFTERWARDS,
        recorded_at=AFTERWARDS,
    )
    record_window(window, client=client, actor=TARIQ, at=AFTERWARDS)


def steps() -> list[tuple[str, bool, str]]:
    """What was tried, how it went, and what the host said."""
    rows = GateStepTaken.objects.order_by("pk")
    return [(row.step, row.done, row.says) for row in rows]


def keep(at: datetime) -> None:
    """This function will let the keeper look at an instant."""
    keep_gates(Keeper(NullGateDoor(), lambda: at))


class TestWindow:
    """From opening to verified closing."""

    def test_opens_closes_and_is_verified(self, client: Client, host: WindowsHost) -> None:
        """The account is enabled while the window lasts, and closed counts only by what the host reads back."""
        approved(client)

        host.run(turning, AFTERWARDS + MINUTE)
        assert (host.enabled, host.groups) == ({"rae"}, {"S-1-5-32-555"})
        assert steps() == [("open", True, "")]
        host.programs = 3
        host.run(turning, END - MINUTE)
        assert steps() == [("open", True, "")]

        host.run(turning, END + MINUTE)

        assert (host.enabled, host.groups, host.programs) == (set(), set(), 0)
        assert steps() == [("open", True, ""), ("close", True, "")]
        host.run(turning, END + HOUR)
        assert len(steps()) == 2

    def test_ends_without_us(self, client: Client, host: WindowsHost) -> None:
        """A host that reaches nobody closes by itself; the next call confirms it."""
        approved(client)
        host.run(turning, AFTERWARDS + MINUTE)

        host.sweep(END)

        assert host.enabled == set()
        host.run(turning, END + HOUR)
        assert steps()[-1] == ("close", True, "")

    def test_is_not_closed_while_programs_run(self, client: Client, host: WindowsHost) -> None:
        """What is left running keeps it open, and it is tried again with a new number."""
        approved(client)
        host.run(turning, AFTERWARDS + MINUTE)
        host.programs, host.stubborn = 2, True

        host.run(turning, END + MINUTE)
        host.stubborn = False
        host.run(turning, END + 10 * MINUTE)

        failed, done = steps()[-2:]
        assert failed == ("close", False, "2 programs of its sessions are still running")
        assert done == ("close", True, "")

    def test_calls_on_call_when_the_host_is_silent(
        self, client: Client, host: WindowsHost, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A window that should be closed and is not confirmed pages, also when only its opening was fetched."""
        approved(client)
        mails: list[Mail] = []
        box = SimpleNamespace(send=mails.append)
        monkeypatch.setattr(paging, "outbox", lambda: box)
        (fetched,) = turn(host.settings["token"], (), at=AFTERWARDS + MINUTE)
        assert "verb open" in fetched

        keep(END + MINUTE)
        assert steps() == []
        keep(END + 5 * MINUTE)

        ((step, done, says),) = steps()
        assert (step, done) == ("close", False)
        assert says.startswith("it has not confirmed the closing; it has not called since")
        assert GateStepTaken.objects.get().paged
        assert "Disable-LocalUser -Name rae" in mails[0].text

    def test_is_extended_and_ended(self, client: Client, host: WindowsHost) -> None:
        """A later end is fetched as another opening; ending now is fetched as a closing at once."""
        approved(client)
        host.run(turning, AFTERWARDS + MINUTE)

        later = END + HOUR
        extend(WINDOW, later, client=client, actor=TARIQ, at=AFTERWARDS + 2 * MINUTE)
        host.run(turning, AFTERWARDS + 3 * MINUTE)
        assert host.windows == {(WINDOW, "rae"): later}
        end_now(WINDOW, reason="done", client=client, actor=TARIQ, at=AFTERWARDS + 4 * MINUTE)
        host.run(turning, AFTERWARDS + 5 * MINUTE)

        assert host.enabled == set()
        assert [(step, done) for step, done, _ in steps()] == [
            ("open", True),
            ("open", True),
            ("close", True),
        ]

    def test_leaves_the_account_to_its_other_window(
        self, client: Client, host: WindowsHost
    ) -> None:
        """Of two windows of one account the first to end closes nothing, and is closed all the same."""
        approved(client)
        approved(client, WindowId("WIN-W2"), END + HOUR)
        host.run(turning, AFTERWARDS + MINUTE)

        host.run(turning, END + MINUTE)
        assert host.enabled == {"rae"}
        assert steps()[-1] == ("close", True, "")
        host.run(turning, END + HOUR + MINUTE)

        assert host.enabled == set()
        assert steps()[-1] == ("close", True, "")

    def test_shows_what_the_hosts_own_log_says(self, client: Client, host: WindowsHost) -> None:
        """4722 and 4725 of the Security log, read from its evidence, stand beside the host's answer."""
        approved(client)
        host.run(turning, AFTERWARDS + MINUTE)
        host.run(turning, END + MINUTE)
        row = window_row(client, WINDOW)
        assert told_by_log(row) == ()

        for at, word in ((AFTERWARDS + MINUTE, "enabled"), (END, "disabled")):
            seen = Observation(
                AssetId("SRV1"),
                ItemKind.ACCOUNT,
                "SRV1\\rae",
                Action.ALTERED,
                at,
                Citation(EvidenceId("0" * 64), f"record {word}", "evtx/1"),
                after=word,
                actor=SeenActor("SYSTEM"),
                summary=f"account SRV1\\rae {word}",
            )
            other = replace(
                seen,
                key="SRV1\\pat",
                citation=Citation(EvidenceId("0" * 64), f"pat {word}", "evtx/1"),
            )
            for one in (seen, other):
                file_fact(one, Filing(client, OLGA, END + HOUR))

        assert [(one.says, one.by) for one in told_by_log(row)] == [
            ("account SRV1\\rae enabled", "SYSTEM"),
            ("account SRV1\\rae disabled", "SYSTEM"),
        ]


class TestAction:
    """The signed file."""

    def test_is_verified_by_openssl_and_by_nobody_once_altered(
        self, client: Client, host: WindowsHost, tmp_path: Path
    ) -> None:
        """ECDSA on P-256 over the text above the signature; one letter more and it is nobody's."""
        approved(client)
        (text,) = turn(host.settings["token"], (), at=AFTERWARDS + MINUTE)
        said, _, signature = text.rpartition("signature ")
        point = b"\x04" + b64decode(host.settings["key"])
        key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
        raw = b64decode(signature)
        (tmp_path / "key").write_bytes(
            key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        )
        (tmp_path / "signature").write_bytes(
            encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        )
        words = ["openssl", "dgst", "-sha256", "-verify", "key", "-signature", "signature"]

        def verified(content: str) -> bool:
            done = subprocess.run(
                words, input=content.encode(), capture_output=True, cwd=tmp_path, check=False
            )
            return done.returncode == 0

        assert len(raw) == 64
        assert verified(said)
        assert not verified(said.replace("account rae", "account rat"))
        assert said == (
            "groundrules-action 1\nhost SRV1\nsequence 1\nverb open\nwindow WIN-W1\naccount rae\n"
            f"not-before {AFTERWARDS:%Y-%m-%dT%H:%M:%SZ}\nnot-after {END:%Y-%m-%dT%H:%M:%SZ}\n"
            "group S-1-5-32-555\n"
        )

    def test_does_nothing_twice_elsewhere_late_or_altered(
        self, client: Client, host: WindowsHost
    ) -> None:
        """Replayed, for another host, out of its time, for a strange account, unsigned: each is refused."""
        approved(client)
        now = AFTERWARDS + MINUTE
        (text,) = turn(host.settings["token"], (), at=now)
        elsewhere = replace(host, settings={**host.settings, "host": "SRV2"})
        strange = replace(host, settings={**host.settings, "accounts": ["pat"]})
        fresh = replace(host)

        assert elsewhere.take(text, now).refused == "it is for SRV1"
        assert strange.take(text, now).refused == "rae is not an account of this gate"
        assert fresh.take(text, END).refused == "its time is over by the clock here"
        with pytest.raises(ValueError, match="not signed"):
            host.take(text.replace("rae", "pat"), now)
        assert host.take(text, now).refused == ""
        assert host.take(text, now).refused == "number 1 was taken before"

    def test_holds_nobody_up_whose_names_it_can_carry(
        self, client: Client, host: WindowsHost
    ) -> None:
        """A window from elsewhere with an odd reference is written down as not opened; the other one opens."""
        approved(client, WindowId("WIN GATE\nverb close"))
        approved(client)

        host.run(turning, AFTERWARDS + MINUTE)

        assert host.enabled == {"rae"}
        odd, good = steps()
        assert (odd[:2], good) == (("open", False), ("open", True, ""))
        assert "can't stand in an action file" in odd[2]

    def test_is_answered_once_and_by_its_host_only(self, client: Client, host: WindowsHost) -> None:
        """A second answer, one to an action nobody gave, and a stranger's token change nothing."""
        approved(client)
        now, token = AFTERWARDS + MINUTE, host.settings["token"]
        (text,) = turn(token, (), at=now)
        good = host.take(text, now)

        turn(token, (Told(99, {}), good, Told(1, {}, "it failed")), at=now)
        with pytest.raises(HostNotKnown):
            turn("another", (good,), at=now)

        assert steps() == [("open", True, "")]


class TestSettingUp:
    """Who may, and what can't be."""

    def test_is_for_owners_and_renews_the_token(self, client: Client, host: WindowsHost) -> None:
        """A technician may not; a second file ends the first one's token and keeps the key."""
        asset = Asset.objects.get(client=client, code="SRV1")

        with pytest.raises(NotAllowed):
            add_windows_host(asset, actor=TARIQ, at=AFTERWARDS)
        _, text = add_windows_host(asset, ("Remote Desktop Users",), actor=OLGA, at=AFTERWARDS)

        again = WindowsHost.of(text)
        assert again.settings["key"] == host.settings["key"]
        assert again.settings["groups"] == ["Remote Desktop Users"]
        with pytest.raises(HostNotKnown):
            turn(host.settings["token"], (), at=AFTERWARDS)

    def test_refuses_what_an_action_cannot_carry(self, client: Client) -> None:
        """A group whose name could be read as something else, and the built-in administrator."""
        asset = Asset.objects.get(client=client, code="SRV1")
        with pytest.raises(ActionUnsayable, match="group"):
            add_windows_host(asset, ("Admins\nverb close",), actor=OLGA, at=AFTERWARDS)
        party = Party(PartyKind.VENDOR, "V1", "Rogue")
        account = Account("Administrator", party, host=AssetId("SRV1"), person="Rae Rogue")
        cards.keep(account, actor=OLGA, at=AFTERWARDS, client=client)

        with pytest.raises(ActionUnsayable, match="built in"):
            add_windows_host(asset, actor=OLGA, at=AFTERWARDS)

    def test_is_the_hosts_only_gate(self, client: Client, host: WindowsHost) -> None:
        """No gate by SSH beside it, and no certificate for it."""
        asset = Asset.objects.get(client=client, code=host.settings["host"])
        approved(client)

        with pytest.raises(OtherGate):
            add_gate(asset, GateTerms("srv1", KEY), actor=OLGA, at=AFTERWARDS)
        with pytest.raises(NoGate):
            issue(Asked(WINDOW, "rae", KEY), client=client, actor=TARIQ, at=AFTERWARDS)

    def test_approves_only_what_it_can_open(self, client: Client, host: WindowsHost) -> None:
        """A window for no known account, or one for a shared account, is refused before anybody is told."""
        asked = AccessWindow(
            WINDOW,
            AssetId(host.settings["host"]),
            Period(AFTERWARDS, END),
            vendor=VendorId("V1"),
            backup_confirmed=True,
        )
        record_window(asked, client=client, actor=TARIQ, at=AFTERWARDS)
        with pytest.raises(UnknownAccount, match="not known which account"):
            approve(WINDOW, Deciding(), client=client, actor=OLGA, at=AFTERWARDS)
        party = Party(PartyKind.VENDOR, "V1", "Rogue")
        shared = Account("support", party, host=AssetId("SRV1"), shared=True)
        cards.keep(shared, actor=OLGA, at=AFTERWARDS, client=client)
        named = replace(asked, accounts=frozenset({"support"}))
        record_window(named, client=client, actor=TARIQ, at=AFTERWARDS)

        with pytest.raises(CertificateRefused, match="shared"):
            approve(WINDOW, Deciding(), client=client, actor=OLGA, at=AFTERWARDS)
        elsewhere = replace(asked, accounts=frozenset({"HARBOR\\rae"}))
        record_window(elsewhere, client=client, actor=TARIQ, at=AFTERWARDS)
        with pytest.raises(CertificateRefused, match="can't stand in an action file"):
            approve(WINDOW, Deciding(), client=client, actor=OLGA, at=AFTERWARDS)

        assert books.AccessWindow.objects.current().get(ref=WINDOW).to_core().approved_at is None
