"""Harbor Dental in New York, Rogue in Kolkata, and what is mailed between them."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from groundrules.core.ids import AssetId, ClientId, ProviderId, VendorId
from groundrules.core.parties import Account, Asset, Party, PartyKind, Provider, Vendor
from groundrules.core.parties import Client as CoreClient
from groundrules.records import models as books
from groundrules.services import access, cards
from groundrules.services.access import Deciding, Invited, Wanted
from tests.cast import OLGA, TARIQ

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
START, END = datetime(2026, 3, 5, 23, 0, tzinfo=UTC), datetime(2026, 3, 6, 1, 0, tzinfo=UTC)
WANTED = Wanted(START, END, "Update the application to 12.4", "Restore the snapshot")
BACKED_UP = Deciding(backup_confirmed=True)


class Harbor:
    """Harbor Dental in New York, one server, and Rogue in Kolkata with one engineer."""

    def __init__(self, data: Path, at: datetime = NOW) -> None:
        self.outbox = data / "outbox"
        cards.keep(Provider(ProviderId("castle"), "Castle IT", "UTC"), actor=OLGA, at=at)
        card = CoreClient(ClientId("harbor"), "Harbor Dental", "America/New_York", "USD")
        self.client = cards.keep_client(card, actor=OLGA, at=at)
        kept: dict[str, Any] = {"actor": OLGA, "at": at, "client": self.client}
        rogue = Vendor(VendorId("V1"), "Rogue", networks=("203.0.113.0/28",), zone="Asia/Kolkata")
        cards.keep(rogue, **kept)
        cards.keep(Asset(AssetId("SRV1"), "Harbor's server"), **kept)
        party = Party(PartyKind.VENDOR, "V1", "Rogue")
        rae = Account("rae", party, host=AssetId("SRV1"), person="Rae Rogue")
        cards.keep(rae, **kept)
        self.vendor = books.Vendor.objects.get(code="V1")
        self.asset = books.Asset.objects.get(code="SRV1")
        invited = Invited("Rae Rogue", "rae@rogue.example")
        self.link, self.token = access.invite(invited, self.vendor, self.asset, actor=TARIQ, at=at)

    def code(self, at: datetime = NOW) -> str:
        """The code as the person reads it in their mail."""
        access.mail_code(self.link, at)
        found = [re.search(r"code is (\d{6})", m.get_content()) for m in self.mails("Your code")]
        return [match[1] for match in found if match][-1]

    def mails(self, subject: str) -> list[EmailMessage]:
        """The mails with a subject, oldest first."""
        files = sorted(self.outbox.glob("*.eml"), key=lambda f: f.stat().st_mtime_ns)
        read = [
            email.message_from_bytes(f.read_bytes(), policy=email.policy.default) for f in files
        ]
        return [m for m in read if subject in str(m["Subject"])]

    def ask(self, wanted: Wanted = WANTED) -> books.AccessWindow:
        """A request with its code."""
        return access.request_access(self.link, wanted, self.code(), NOW)
