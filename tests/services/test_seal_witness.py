"""The client's own witness cosigns what only grew, and refuses what was written anew, whoever signed it."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from groundrules.core.seal.checkpoints import Checkpoint
from groundrules.core.seal.merkle import TreeHead, leaf_hash, node_hash
from groundrules.core.seal.notes import parse_note
from groundrules.core.seal.proofs import WitnessRequest
from groundrules.records import models as books
from groundrules.services import seal
from groundrules.services.packs import pack_reference
from groundrules.services.seal_keys import log_keys, newest_key, sign_note
from groundrules.services.storage import tile_store
from groundrules.services.verification import verify
from groundrules.services.witnessing import (
    NotAWitnessKey,
    NothingToCosign,
    UnknownWitness,
    add_witness,
    request_of,
    take_cosignature,
)
from tests.cast import OLGA, TARIQ
from tests.house.sources import ROOT
from tests.kept import Kept
from tests.patience import PATIENCE
from tests.services.sealed import RECEIVED, Sealed, take_in
from tests.services.test_seal_packs import change_seen, files_of, run_verifier, unpack

pytestmark = pytest.mark.django_db
PROGRAM = ROOT / "deploy" / "witness" / "groundrules-witness.py"
NEW = b"2007-04-04 21:00:00 startup archives unpack\n"


@pytest.fixture
def sealed(installed: Kept[Sealed], tmp_path: Path, settings: Settings) -> Sealed:
    """This fixture will give each test a filled installation of its own."""
    settings.GROUNDRULES_DATA = tmp_path / "data"
    return installed.lay_out(tmp_path / "data").anew()


class Witness:
    """The witness program as the client runs it, in a folder of its own."""

    def __init__(self, folder: Path, log: str) -> None:
        self.folder = folder
        status, self.key, said = self.run("init", "--name", "harbor.example/witness", "--log", log)
        assert status == 0, said

    def run(self, *arguments: str, given: str = "") -> tuple[int, str, str]:
        """This function will run the program alone, with nothing of ours in reach."""
        command = [sys.executable, "-I", str(PROGRAM), "--folder", str(self.folder), *arguments]
        done = subprocess.run(
            command, input=given, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        return done.returncode, done.stdout, done.stderr

    def cosign(self, request: str) -> tuple[int, str, str]:
        """This function will hand it a request."""
        return self.run("cosign", "-", given=request)


@pytest.fixture
def witness(sealed: Sealed, tmp_path: Path) -> Witness:
    """This fixture will set up a witness and name it to the log."""
    made = Witness(tmp_path / "witness", str(log_keys(sealed.log)[0]))
    add_witness(sealed.log, made.key, actor=OLGA, at=RECEIVED)
    return made


def forged(sealed: Sealed, size: int, old: int) -> str:
    """This function will sign another log of that size with the provider's own key, as a cheating provider could."""
    leaves = [leaf_hash(bytes([number])) for number in range(2)]
    text = str(Checkpoint(sealed.log.origin, TreeHead(size, node_hash(*leaves))))
    key = newest_key(sealed.log).to_core().public
    note = parse_note(sign_note(text, sealed.log.origin, (key,)))
    return str(WitnessRequest(old, (leaves[0],) if 0 < old < size else (), note))


class TestWitness:
    def test_cosigns_a_log_that_only_grew(self, sealed: Sealed, witness: Witness) -> None:
        """Its word is kept beside the checkpoint, published with it, and verified with everything else."""
        _, answer, _ = witness.cosign(request_of(sealed.log))

        kept = take_cosignature(sealed.log, answer, actor=TARIQ, at=RECEIVED)

        report = verify()
        assert [row.checkpoint.size for row in kept] == [4]
        assert answer in tile_store(sealed.client).published()
        assert report.holds, [finding.sentence for finding in report.findings]
        assert report.checked["cosignatures"] == 1

    def test_follows_the_log_from_where_it_was(self, sealed: Sealed, witness: Witness) -> None:
        """The second request proves the growth from what was cosigned before."""
        _, answer, _ = witness.cosign(request_of(sealed.log))
        take_cosignature(sealed.log, answer, actor=TARIQ, at=RECEIVED)
        take_in(NEW, "new.log", RECEIVED + timedelta(days=1), "dpkg-log")
        seal.checkpoint(sealed.log, actor=OLGA, at=RECEIVED + timedelta(days=1))

        request = request_of(sealed.log)
        status, answer, said = witness.cosign(request)

        assert request.startswith("old 4\n")
        assert status == 0, said
        assert (
            take_cosignature(sealed.log, answer, actor=TARIQ, at=RECEIVED)[0].checkpoint.size == 5
        )

    @pytest.mark.parametrize(
        ("size", "says"), [(3, "SHRANK"), (4, "TWO DIFFERENT LOGS"), (9, "does NOT CONTAIN")]
    )
    def test_refuses_a_log_written_anew(
        self, sealed: Sealed, witness: Witness, size: int, says: str
    ) -> None:
        """Shorter, another of the same size, or longer without the old entries: refused, though rightly signed."""
        witness.cosign(request_of(sealed.log))

        status, answer, said = witness.cosign(forged(sealed, size, 4))

        assert (status, answer) == (1, "")
        assert says in said

    def test_refuses_what_is_not_the_log_s(self, sealed: Sealed, witness: Witness) -> None:
        """A touched checkpoint, a stranger's signature, another starting point and plain noise are refused."""
        request = request_of(sealed.log)
        wrong = {
            request.replace("\n4\n", "\n5\n"): "does not fit",
            request.replace("— groundrules/", "— groundrulez/"): "not signed by",
            request.replace("old 0", "old 2"): "ask again with --since 0",
            "noise": "not signed by",
        }

        for text, says in wrong.items():
            status, answer, said = witness.cosign(text)

            assert (status, answer) == (1, ""), said
            assert says in said
            assert "Traceback" not in said

    def test_makes_a_pack_say_so(self, sealed: Sealed, witness: Witness, tmp_path: Path) -> None:
        """The one-file verifier names the witness and its time."""
        _, answer, _ = witness.cosign(request_of(sealed.log))
        take_cosignature(sealed.log, answer, actor=TARIQ, at=RECEIVED)

        pack = pack_reference(change_seen(sealed).ref, actor=TARIQ, at=RECEIVED)

        status, said = run_verifier(unpack(files_of(pack), tmp_path / "pack"))
        assert status == 0, said
        assert "and the witness harbor.example/witness at 20" in said
        assert "No witness cosigned" not in said

    def test_is_short_enough_to_be_read(self) -> None:
        """Under 200 lines, so that the client's consultant can read all of it."""
        assert len(PROGRAM.read_text(encoding="utf-8").splitlines()) < 200


class TestAnswers:
    def test_of_nobody_we_know_are_refused(self, sealed: Sealed, tmp_path: Path) -> None:
        """A cosignature counts only by a witness that was named."""
        stranger = Witness(tmp_path / "stranger", str(log_keys(sealed.log)[0]))
        _, answer, _ = stranger.cosign(request_of(sealed.log))

        with pytest.raises(UnknownWitness):
            take_cosignature(sealed.log, answer, actor=TARIQ, at=RECEIVED)

        assert not books.SealCosignature.objects.exists()

    def test_need_a_witness_s_key(self, sealed: Sealed) -> None:
        """A log's own key is no witness's."""
        with pytest.raises(NotAWitnessKey):
            add_witness(sealed.log, str(log_keys(sealed.log)[0]), actor=OLGA, at=RECEIVED)

    def test_cannot_be_asked_for_what_is_not_there(self, sealed: Sealed) -> None:
        """Nobody saw more than there is."""
        with pytest.raises(NothingToCosign):
            request_of(sealed.log, since=99)
