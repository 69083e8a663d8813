"""Our checkpoints and proofs before judges we did not write: Debian's Go packages golang.org/x/mod/sumdb/note and tlog.

The judge is compiled offline from Debian's own sources. Where Go is missing the tests fail and say what to install.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from groundrules.core.seal.checkpoints import Checkpoint, origin_of
from groundrules.core.seal.merkle import (
    TreeHead,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    nodes_of,
    root_at,
)
from groundrules.core.seal.notes import Note, Signature, VerifierKey, encoded
from groundrules.core.seal.proofs import LogProof
from tests.patience import PATIENCE

pytestmark = pytest.mark.independent
SOURCES = Path("/usr/share/gocode")
ENTRIES = [f'{{"entry":"{number}"}}'.encode() for number in range(1000)]
NODE = nodes_of([leaf_hash(entry) for entry in ENTRIES])


@dataclass(frozen=True)
class Judge:
    """The compiled program, and a folder for what it is asked about."""

    program: Path
    folder: Path

    def accepts(self, *texts: str) -> tuple[bool, str]:
        """This function will hand the texts over as files and return the verdict and its words."""
        paths = [self.folder / str(number) for number in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text, encoding="utf-8", newline="")
        done = subprocess.run(
            [self.program, *paths], capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        return done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """This fixture will compile the judge, or fail where Go or Debian's package is missing."""
    go = shutil.which("go")
    if go is None or not (SOURCES / "src/golang.org/x/mod/sumdb").is_dir():
        reason = "golang-go and golang-golang-x-mod-dev are missing; scripts/install-test-needs installs them"
        pytest.fail(reason)
    folder = tmp_path_factory.mktemp("judge")
    offline = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GOPATH": str(SOURCES),
        "GO111MODULE": "off",
        "GOPROXY": "off",
        "CGO_ENABLED": "0",
        "GOCACHE": str(folder / "cache"),
    }
    source = Path(__file__).parent / "sumdb_check" / "main.go"
    subprocess.run(
        [go, "build", "-o", folder / "judge", source], check=True, env=offline, timeout=300
    )
    return Judge(folder / "judge", folder)


class Log:
    """A log of ours with a key of its own."""

    def __init__(self) -> None:
        self.private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
        public = self.private.public_key().public_bytes_raw()
        self.key = VerifierKey(origin_of("castle it", "harbor+dental"), public)

    def checkpoint(self, size: int) -> Note:
        """This function will sign the log's first `size` entries."""
        text = str(Checkpoint(self.key.name, TreeHead(size, root_at(NODE, size))))
        line = Signature(self.key.name, self.key.id, self.private.sign(text.encode()))
        return Note(text, (line,))

    def proof(self, index: int, size: int) -> str:
        """This function will prove one entry in a checkpoint."""
        return str(LogProof(index, inclusion_proof(NODE, index, size), self.checkpoint(size)))


class TestGo:
    """What golang.org/x/mod/sumdb says of our texts."""

    @pytest.mark.parametrize(
        ("index", "size"),
        [(0, 1), (0, 2), (1, 2), (4, 7), (255, 256), (256, 257), (0, 1000), (999, 1000)],
    )
    def test_accepts_our_proofs(self, judge: Judge, index: int, size: int) -> None:
        """Key, checkpoint, signature and path are read and verified as ours are."""
        log = Log()

        accepted, said = judge.accepts(
            str(log.key), log.proof(index, size), ENTRIES[index].decode()
        )

        assert accepted, said

    def test_refuses_one_flipped_bit(self, judge: Judge) -> None:
        """In the proof's hashes, the checkpoint, the signature or the entry: what we refuse, Go refuses."""
        log = Log()
        proof, entry = log.proof(333, 1000), ENTRIES[333].decode()
        dice = random.Random(6962)  # noqa: S311 - repeatable on purpose
        begins = proof.index("index ")

        for _ in range(40):
            at = dice.randrange(begins, len(proof) - 1)
            flipped = proof[:at] + chr(ord(proof[at]) ^ 1) + proof[at + 1 :]
            accepted, said = judge.accepts(str(log.key), flipped, entry)
            # The two padding bits of a base64 hash carry nothing; Go reads past them, we do not.
            assert not accepted or proof[at + 1] == "=", (at, said)

        assert not judge.accepts(str(log.key), proof, entry.replace("333", "332"))[0]
        assert judge.accepts(str(log.key), proof, entry)[0]

    @pytest.mark.parametrize(
        ("old", "new"), [(1, 2), (3, 7), (4, 7), (6, 7), (256, 1000), (999, 1000)]
    )
    def test_accepts_that_a_log_only_grew(self, judge: Judge, old: int, new: int) -> None:
        """Our consistency proofs hold, and another path does not."""
        log = Log()
        path = consistency_proof(NODE, old, new)
        heads = (str(log.checkpoint(old)), str(log.checkpoint(new)))

        accepted, said = judge.accepts(str(log.key), *heads, "\n".join(map(encoded, path)))
        touched = (bytes([path[0][0] ^ 1]) + path[0][1:], *path[1:])
        refused, _ = judge.accepts(str(log.key), *heads, "\n".join(map(encoded, touched)))

        assert accepted, said
        assert not refused
