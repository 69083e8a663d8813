"""A small sealed installation: Harbor's world, three files of evidence, an invoice and a letter, and its checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from groundrules.records import models as books
from groundrules.services import invoices, letters, seal
from groundrules.services.case_import import import_case
from groundrules.services.cases import run_case
from groundrules.services.evidence import Handed, receive
from groundrules_wire import Host, Manifest, pack, part_of
from tests.cast import OLGA, TARIQ
from tests.kept import anew

CASE = Path(__file__).parents[1] / "cases" / "04-rogue-change.yaml"
RECEIVED = datetime(2007, 3, 6, 9, 0, tzinfo=UTC)
DPKG = (
    b"2007-02-21 20:06:00 install mono-runtime:all <none> 1.0.3705\n"
    b"2007-02-21 20:06:04 status installed mono-runtime:all 1.0.3705\n"
)
LATER = (
    b"2007-02-22 21:00:00 remove mono-runtime:all 1.0.3705 <none>\n"
    b"2007-02-22 21:00:03 status not-installed mono-runtime:all <none>\n"
)
AUTH = b"Feb 21 19:42:01 SRV1 sshd[811]: Accepted password for rogue-svc from 203.0.113.7 port 4711 ssh2\n"


@dataclass(frozen=True)
class Sealed:
    """What was made: the client, its log, the invoice and the letter."""

    client: books.Client
    log: books.SealLog
    invoice: books.Issued
    letter: books.Letter

    def anew(self) -> Sealed:
        """This function will read each row again."""
        return Sealed(anew(self.client), anew(self.log), anew(self.invoice), anew(self.letter))


def envelope(number: int = 1, previous: str = "") -> bytes:
    """This function will pack two logs of SRV1 as the collector does."""
    logs = {"dpkg.log": ("dpkg-log", DPKG), "auth.log": ("auth-log", AUTH)}
    parts = tuple(part_of(name, kind, raw) for name, (kind, raw) in logs.items())
    manifest = Manifest(
        host=Host("SRV1"),
        zone="UTC",
        collected_at="2007-03-06T08:59:30Z",
        sequence=number,
        previous=previous,
        parts=parts,
    )
    return pack(manifest, [raw for _, raw in logs.values()])


def take_in(raw: bytes, name: str, at: datetime, kind: str = "") -> books.RawEvidence:
    """This function will receive one file for SRV1."""
    return receive(Handed(raw, name, kind, host="SRV1"), actor=TARIQ, at=at).evidence


def installation() -> Sealed:
    """This function will fill an empty database."""
    world = run_case(CASE.read_bytes(), CASE).case.world
    client = import_case(world, at=RECEIVED - timedelta(days=1), actor=OLGA).client
    take_in(envelope(), "srv1.envelope", RECEIVED)
    log = books.SealLog.objects.get(client=client)
    seal.checkpoint(log, actor=OLGA, at=RECEIVED)
    take_in(LATER, "dpkg.log.1", RECEIVED + timedelta(minutes=5), "dpkg-log")
    seal.checkpoint(log, actor=OLGA, at=RECEIVED + timedelta(minutes=5))
    return Sealed(client, log, _invoice(client), _letter(client))


def _invoice(client: books.Client) -> books.Issued:
    document = invoices.draft(
        client=client,
        first=date(2007, 2, 1),
        end=date(2007, 3, 1),
        actor=OLGA,
        at=RECEIVED,
    )
    return invoices.issue(document, client=client, key="february", actor=OLGA, at=RECEIVED)


def _letter(client: books.Client) -> books.Letter:
    draft = letters.draft(client=client, actor=TARIQ, at=RECEIVED)[0]
    approved = letters.approve(
        draft=draft, actor=OLGA, at=RECEIVED, confirmed=letters.to_confirm(draft)
    )
    return letters.send(draft=approved, actor=OLGA, at=RECEIVED)
