"""Evidence packs: opened by a stranger's steps, the same bytes each time, and false in no byte."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from groundrules.core.periods import Period
from groundrules.core.seal.notes import VerifierKey
from groundrules.records import models as books
from groundrules.renderers.evidence_pack import verifier_source, zipped
from groundrules.services import seal
from groundrules.services.explain import UnknownReference
from groundrules.services.packs import EvidencePack, NothingToPack, pack_period, pack_reference
from groundrules.services.redaction import drop, redact
from groundrules.services.seal_keys import log_keys
from tests.cast import OLGA, TARIQ
from tests.kept import Kept
from tests.patience import PATIENCE
from tests.services.sealed import DPKG, RECEIVED, Sealed, take_in

pytestmark = pytest.mark.django_db
FEBRUARY = Period(datetime(2007, 2, 1, tzinfo=UTC), datetime(2007, 4, 1, tzinfo=UTC))
LATER = RECEIVED + timedelta(days=30)


@pytest.fixture
def sealed(installed: Kept[Sealed], tmp_path: Path, settings: Settings) -> Sealed:
    """This fixture will give each test a filled installation of its own."""
    settings.GROUNDRULES_DATA = tmp_path / "data"
    return installed.lay_out(tmp_path / "data").anew()


@pytest.fixture
def whole(sealed: Sealed) -> EvidencePack:
    """This fixture will pack everything on record in February and March."""
    return pack_period(sealed.client, FEBRUARY, actor=TARIQ, at=LATER)


def files_of(pack: EvidencePack) -> dict[str, bytes]:
    """This function will unzip a pack in memory."""
    with zipfile.ZipFile(io.BytesIO(pack.content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def run_verifier(place: Path, *more: str, program: Path | None = None) -> tuple[int, str]:
    """This function will run a verifier as a stranger does: alone, with nothing of ours in reach."""
    program = program or place / "verify.py"
    done = subprocess.run(
        [sys.executable, "-I", "-B", str(program), *more],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={},
        timeout=PATIENCE,
    )
    return done.returncode, done.stdout + done.stderr


def unpack(files: dict[str, bytes], folder: Path) -> Path:
    """This function will write a pack's files into a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def change_seen(sealed: Sealed) -> books.Change:
    """This function will return the change that was read from the package log."""
    raw = sealed.log.leaves.get(index=1).evidence.digest
    return next(
        row
        for row in books.Change.objects.current().order_by("pk")
        if raw in {citation.evidence for citation in row.to_core().citations}
    )


class TestPack:
    def test_is_genuine_to_a_stranger(self, whole: EvidencePack, tmp_path: Path) -> None:
        """Unzip, run verify.py: exit 0, each record by name, and what is left to compare."""
        folder = unpack(files_of(whole), tmp_path / "pack")

        status, said = run_verifier(folder)

        assert status == 0, said
        assert "RESULT: GENUINE" in said
        assert "records/1-dpkg.log: byte for byte what the log has, received 2007-03-06T09" in said
        assert "No witness cosigned this checkpoint" in said
        assert "run this again with --key" in said

    def test_holds_what_was_read_from_its_records(self, whole: EvidencePack) -> None:
        """Raw bytes as collected, a timeline that cites them, a PDF, and instructions."""
        files = files_of(whole)

        timeline = files["timeline.txt"].decode()
        assert files["records/1-dpkg.log"] == DPKG
        assert "mono-runtime" in timeline
        assert "[record 1]" in timeline
        assert files["timeline.pdf"].startswith(b"%PDF-")
        assert b"pip install cryptography" in files["INSTRUCTIONS.txt"]
        assert whole.records == 3

    def test_of_a_change_holds_its_records_only(self, sealed: Sealed, tmp_path: Path) -> None:
        """The chain leads from the change to its record; the rest of the client's evidence stays out."""
        change = change_seen(sealed)

        pack = pack_reference(change.ref, actor=TARIQ, at=LATER)

        files = files_of(pack)
        records = [name for name in files if name.startswith("records/")]
        assert "records/1-dpkg.log" in records
        assert "records/0-srv1.envelope" not in records
        assert files["chain.txt"].decode().startswith(f"change {change.ref}: ")
        assert run_verifier(unpack(files, tmp_path / "pack"))[0] == 0

    def test_is_the_same_bytes_next_month(self, sealed: Sealed, whole: EvidencePack) -> None:
        """More evidence and a newer checkpoint change nothing about an old question's pack."""
        take_in(b"2007-04-04 21:00:00 startup archives unpack\n", "new.log", LATER, "dpkg-log")
        seal.checkpoint(sealed.log, actor=OLGA, at=LATER)

        again = pack_period(sealed.client, FEBRUARY, actor=TARIQ, at=LATER + timedelta(days=1))

        assert again.content == whole.content

    def test_signs_a_checkpoint_when_none_covers_its_records(self, sealed: Sealed) -> None:
        """What came in a second ago can be packed at once."""
        row = take_in(DPKG * 3, "dpkg.log.8", RECEIVED + timedelta(minutes=6), "dpkg-log")
        period = Period(row.recorded_at, row.recorded_at + timedelta(seconds=1))

        pack = pack_period(sealed.client, period, actor=TARIQ, at=LATER)

        assert pack.checkpoint == 5

    def test_without_raw_evidence_is_refused(self, sealed: Sealed) -> None:
        """A fact that people stated has nothing a stranger could check; an unknown reference has nothing at all."""
        with pytest.raises(NothingToPack, match="facts people stated"):
            pack_reference("CHG-1", actor=TARIQ, at=LATER)
        with pytest.raises(UnknownReference):
            pack_reference("CHG-NONE", actor=TARIQ, at=LATER)

    def test_says_what_was_redacted(self, sealed: Sealed, tmp_path: Path) -> None:
        """A redacted record's proof is there, its bytes are not, and the pack says why."""
        digest = sealed.log.leaves.get(index=3).evidence.digest
        drop(row.digest for row in redact(digest, "names a patient", actor=OLGA, at=LATER))

        pack = pack_period(sealed.client, FEBRUARY, actor=TARIQ, at=LATER)

        files = files_of(pack)
        status, said = run_verifier(unpack(files, tmp_path / "pack"))
        assert status == 0
        assert "Record 3: proven to be in the log; its bytes were redacted" in said
        assert "names a patient" in files["timeline.txt"].decode()
        assert pack.redacted == 1


class TestVerifier:
    def test_finds_a_flipped_bit_in_each_file(self, whole: EvidencePack, tmp_path: Path) -> None:
        """Whichever file of the pack is touched, the verdict is not genuine and the exit 1."""
        files = files_of(whole)
        program = tmp_path / "verify.py"
        program.write_bytes(verifier_source())
        dice = random.Random(6962)  # noqa: S311 - repeatable on purpose
        assert len(files) > 12

        for number, name in enumerate(sorted(files)):
            touched = bytearray(files[name])
            touched[dice.randrange(len(touched))] ^= 1 << dice.randrange(8)
            place = tmp_path / f"{number}.zip"
            place.write_bytes(zipped({**files, name: bytes(touched)}))

            status, said = run_verifier(tmp_path, str(place), program=program)

            assert (status, "NOT GENUINE" in said) == (1, True), (name, said)
            assert "Traceback" not in said, said

    def test_finds_a_flipped_bit_in_the_zip(self, whole: EvidencePack, tmp_path: Path) -> None:
        """A bit of the zip itself is found, or is one that no file depends on."""
        program = tmp_path / "verify.py"
        program.write_bytes(verifier_source())
        dice = random.Random(9162)  # noqa: S311 - repeatable on purpose
        place = tmp_path / "pack.zip"

        for _ in range(12):
            touched = bytearray(whole.content)
            touched[dice.randrange(len(touched))] ^= 1 << dice.randrange(8)
            place.write_bytes(touched)
            status, said = run_verifier(tmp_path, str(place), program=program)

            assert "Traceback" not in said, said
            assert (status == 0) == ("RESULT: GENUINE" in said)
            assert status == 1 or _same_files(bytes(touched), whole.content)

    def test_misses_nothing_that_was_taken_out(self, whole: EvidencePack, tmp_path: Path) -> None:
        """Each file that is removed is missed by name."""
        files = files_of(whole)
        program = tmp_path / "verify.py"
        program.write_bytes(verifier_source())

        for name in files:
            place = tmp_path / "less.zip"
            place.write_bytes(zipped({one: raw for one, raw in files.items() if one != name}))
            status, said = run_verifier(tmp_path, str(place), program=program)

            assert status == 1
            assert name in said

    def test_trusts_only_the_key_it_is_given(
        self, sealed: Sealed, whole: EvidencePack, tmp_path: Path
    ) -> None:
        """With the right key it is genuine without a word more; with another it is not."""
        folder = unpack(files_of(whole), tmp_path / "pack")
        right = log_keys(sealed.log)[0]
        other = VerifierKey(right.name, bytes(32))

        genuine, said = run_verifier(folder, "--key", str(right))
        forged, refused = run_verifier(folder, "--key", str(other))

        assert genuine == 0
        assert "only you can check" not in said
        assert forged == 1
        assert "not signed by a key you trust" in refused

    def test_says_when_there_is_no_pack(self, tmp_path: Path) -> None:
        """A wrong name is told in a sentence."""
        program = tmp_path / "verify.py"
        program.write_bytes(verifier_source())

        status, said = run_verifier(tmp_path, str(tmp_path / "none.zip"), program=program)

        assert status == 1
        assert "There is no file or folder" in said


def _same_files(one: bytes, other: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(one)) as first, zipfile.ZipFile(io.BytesIO(other)) as second:
        return {n: first.read(n) for n in first.namelist()} == {
            n: second.read(n) for n in second.namelist()
        }
