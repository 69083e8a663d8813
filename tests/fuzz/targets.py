"""Every place where bytes from outside are read, and what each may do with them: answer, or refuse by name.

`scripts/fuzz` feeds them what coverage leads to; `tests/fuzz/test_corpus.py` feeds them what was found before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from groundrules.core.agreements.reading import UnreadableClause
from groundrules.core.agreements.sentences import parse, say
from groundrules.core.evidence import Reading
from groundrules.core.health import Database, Says, database_place
from groundrules.core.ids import AssetId, ClientId
from groundrules.core.seal.checkpoints import CheckpointMalformed, parse_checkpoint
from groundrules.core.seal.entries import EntryMalformed, entry_bytes, parse_entry
from groundrules.core.seal.notes import KeyMalformed, NoteMalformed, parse_key, parse_note
from groundrules.core.seal.proofs import ProofMalformed, parse_proof, parse_request
from groundrules.core.seal.tiles import TileDamaged, bundle_bytes, bundle_entries
from groundrules.core.signatures import SignatureRefused, scan_kind
from groundrules.core.typed_time import Names, Place, UnreadableTime, period_of, read_line
from groundrules.core.vendors.recording import RecordingUnreadable, replay_of
from groundrules.gateways.databases import PROTOCOLS
from groundrules.gateways.databases.wires import CutShort, NotThat
from groundrules.readers.case_file.load import read_case
from groundrules.readers.case_file.places import CaseFileRefused
from groundrules.readers.context import UnknownZone
from groundrules.readers.einvoice import NotAnInvoice, read_invoice
from groundrules.readers.envelope import (
    READERS,
    UNPACKABLE,
    UNREADABLE,
    read_envelope,
    read_parts,
    unpacked,
)
from groundrules.readers.events import EVENT_SOURCES, events_of
from groundrules.readers.mail import AttachmentMissing, MailUnreadable, content_of, read_mail
from groundrules.readers.needs import NotANeedsReport, read_report
from groundrules.readers.sheets import SheetRefused, read_mapping, read_time_sheet
from groundrules.readers.terminal_recordings import read_recordings
from groundrules_wire import EnvelopeError
from tests.gateways.played import PlayedWire
from tests.readers.linux.reading import COLLECTED, assert_adds_up, context

HERE = Path(__file__).parent
TESTS = HERE.parent
CORPUS = HERE / "corpus"
NAMES = Names({word: (Place(ClientId("harbor")),) for word in ("srv1", "@harbor", "#12")})
SEEDS = 64 * 1024
"""A seed is at most this long: coverage comes from small inputs."""


@dataclass(frozen=True, slots=True)
class Target:
    """A reader: `read` takes any bytes and may raise only what is in `refuses`; `seeds` are globs of good files.

    Globs are looked up in tests/ and in the folder of captured samples.
    """

    read: Callable[[bytes], object]
    refuses: tuple[type[Exception], ...] = ()
    seeds: tuple[str, ...] = ()

    def feed(self, raw: bytes) -> bool:
        """This function will read the bytes: was it an answer (rather than a refusal)? Everything else is a defect."""
        try:
            self.read(raw)
        except self.refuses:
            return False
        return True


def _part(name: str, raw: bytes) -> None:
    """A part of an envelope: the counts add up, and nothing ends before it began."""
    reading: Reading = READERS[name].read(raw, context("America/Los_Angeles", boot="b1"))
    assert_adds_up(reading)
    assert all(one.ended is None or one.ended >= one.started for one in reading.sessions)


def _events(kind: str, raw: bytes) -> None:
    for event in events_of(kind, raw, context("America/Los_Angeles")):
        assert event.position >= 1
        assert event.type


def _envelope(raw: bytes) -> None:
    read_parts(read_envelope(raw), AssetId("SRV1"), "UTC")


def _manifest(raw: bytes) -> None:
    """The inside of an envelope whose own digest is right."""
    digest = hashlib.sha256(raw).hexdigest().encode()
    _envelope(b"groundrules-evidence 1 %d %s\n" % (len(raw), digest) + raw + b"\n")


def _mail(raw: bytes) -> None:
    """Every file that a mail is said to carry can be taken out of it, or is kept back with a reason."""
    for attached in read_mail(raw).attachments:
        if not attached.why_not:
            assert len(content_of(raw, attached)) == attached.length


def _recordings(raw: bytes) -> None:
    for recording in read_recordings(raw):
        replay_of(recording.shown, recording.timing)


def _replay(raw: bytes) -> None:
    shown, _, timing = raw.partition(b"\0\0")
    replay_of(shown, timing)


def _sentence(raw: bytes) -> None:
    """What a sentence is read as can be said again, and read again as the same."""
    record = parse(raw.decode(errors="replace"))
    assert parse(say(record)) == record


def _typed(raw: bytes) -> None:
    """A line that is read has a period that does not end before it begins, also when clocks are set."""
    said = read_line(raw.decode(errors="replace"), NAMES)
    period = period_of(said, "Europe/Berlin", COLLECTED)
    assert period.end is not None
    assert period.start < period.end


def _case(name: str, raw: bytes) -> None:
    def no_base(asked: str) -> bytes:
        raise FileNotFoundError(asked)

    read_case(raw, name, no_base)


def _proof(raw: bytes) -> None:
    text = raw.decode(errors="replace")
    for read in (parse_proof, parse_request):
        try:
            read(text)
        except (ProofMalformed, NoteMalformed, CheckpointMalformed):
            continue


def _note(raw: bytes) -> None:
    parse_checkpoint(parse_note(raw.decode(errors="replace")).text)


def _bundle(raw: bytes) -> None:
    assert bundle_bytes(bundle_entries(raw)) == raw


def _entry(raw: bytes) -> None:
    assert entry_bytes(parse_entry(raw)) == raw


def _database(database: Database, raw: bytes) -> None:
    """What a database answers before anybody logged in, as one piece."""
    place = database_place(f"{database.value}://db.example")
    answered = PROTOCOLS[database](PlayedWire(raw), place)
    assert answered.says is not Says.SOMETHING_ELSE


def _text(read: Callable[[str], object], raw: bytes) -> object:
    return read(raw.decode(errors="replace"))


_FORMAT_SEEDS: Mapping[str, tuple[str, ...]] = {
    "dpkg-log": ("**/dpkg.log",),
    "apt-history": ("**/apt_history*",),
    "auth-log": ("**/auth.log", "**/syslog/*"),
    "audit-log": ("**/audit*.log",),
    "utmp": ("**/utmp/*", "**/wtmp*"),
    "osquery": ("readers/osquery/*.log",),
    "wazuh": ("readers/wazuh/*.json",),
    "glpi": ("readers/glpi/*.json", "readers/glpi/*.xml"),
    "ocsf": ("readers/ocsf/*.jsonl",),
    "evtx": ("**/cc0__*.evtx",),
    "smartctl": ("readers/smartctl/recorded/*.json",),
}
_SEAL = (ProofMalformed, NoteMalformed, CheckpointMalformed)
TARGETS: Mapping[str, Target] = {
    **{
        f"part-{name}": Target(
            partial(_part, name), (*UNREADABLE, *UNPACKABLE), _FORMAT_SEEDS.get(name, ())
        )
        for name in READERS
    },
    **{
        f"events-{kind}": Target(partial(_events, kind), UNREADABLE, _FORMAT_SEEDS.get(kind, ()))
        for kind in EVENT_SOURCES
    },
    "envelope": Target(_envelope, (EnvelopeError, UnknownZone)),
    "envelope-manifest": Target(_manifest, (EnvelopeError, UnknownZone)),
    "gzip": Target(lambda raw: unpacked(raw, "gzip"), UNPACKABLE),
    "xz": Target(lambda raw: unpacked(raw, "xz"), UNPACKABLE),
    "needs": Target(read_report, (NotANeedsReport,)),
    "mail": Target(_mail, (MailUnreadable, AttachmentMissing), ("readers/mail/*.eml",)),
    "case-yaml": Target(partial(_case, "x.yaml"), (CaseFileRefused,), ("cases/0*.yaml",)),
    "case-json": Target(partial(_case, "x.json"), (CaseFileRefused,)),
    "einvoice": Target(read_invoice, (NotAnInvoice,), ("**/*invoice*.xml",)),
    "mapping-sheet": Target(read_mapping, (SheetRefused,)),
    "time-sheet": Target(lambda raw: read_time_sheet(raw, "Europe/Berlin"), (SheetRefused,)),
    "terminal-recordings": Target(_recordings, (RecordingUnreadable,)),
    "terminal-replay": Target(_replay, (RecordingUnreadable,)),
    "clause-sentence": Target(_sentence, (UnreadableClause,)),
    "typed-time": Target(_typed, (UnreadableTime,)),
    "scan": Target(scan_kind, (SignatureRefused,)),
    **{
        f"database-{database.value}": Target(partial(_database, database), (NotThat, CutShort))
        for database in PROTOCOLS
        if database is not Database.MARIADB
    },
    "seal-note": Target(_note, _SEAL),
    "seal-key": Target(partial(_text, parse_key), (KeyMalformed,)),
    "seal-proof": Target(_proof),
    "seal-entry": Target(_entry, (EntryMalformed,)),
    "seal-bundle": Target(_bundle, (TileDamaged,)),
}


def seeds(name: str, samples: Path | None) -> list[bytes]:
    """This function will gather good inputs of a target, shortest first: kept ones, and those its globs find."""
    folders = [TESTS] if samples is None else [TESTS, samples]
    found = {
        path.read_bytes()[:SEEDS]
        for folder in folders
        for pattern in TARGETS[name].seeds
        for path in sorted(folder.glob(pattern))[:12]
        if path.is_file()
    }
    return sorted({*found, *kept(name).values()}, key=lambda raw: (len(raw), raw))


def kept(name: str) -> dict[str, bytes]:
    """This function will read the inputs that were kept for a target, by file name."""
    return {path.name: path.read_bytes() for path in sorted((CORPUS / name).glob("*"))}
