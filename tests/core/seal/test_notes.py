"""Notes, checkpoints, proofs and entries: the published example, and not one bit that may be another."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.seal.checkpoints import (
    Checkpoint,
    CheckpointMalformed,
    origin_of,
    parse_checkpoint,
)
from groundrules.core.seal.entries import (
    Entry,
    EntryMalformed,
    entry_bytes,
    instant,
    parse_entry,
)
from groundrules.core.seal.merkle import TreeHead
from groundrules.core.seal.notes import (
    COSIGNATURE,
    KeyMalformed,
    Note,
    NoteMalformed,
    NotSigned,
    Signature,
    SignatureWrong,
    VerifierKey,
    cosigned_at,
    cosigned_message,
    parse_key,
    parse_note,
    signers,
)
from groundrules.core.seal.proofs import (
    LogProof,
    ProofMalformed,
    WitnessRequest,
    parse_proof,
    parse_request,
)

# The example printed in c2sp.org/signed-note.
KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = (
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PRIVATE.public_key().public_bytes_raw()


def checks(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def signed(text: str, key: VerifierKey, seconds: int = 0) -> Note:
    if key.kind == COSIGNATURE:
        payload = seconds.to_bytes(8, "big") + PRIVATE.sign(cosigned_message(text, seconds))
    else:
        payload = PRIVATE.sign(text.encode())
    return Note(text, (Signature(key.name, key.id, payload),))


LOG = VerifierKey("groundrules/msp/harbor", PUBLIC)
WITNESS = VerifierKey("harbor.example/witness", PUBLIC, COSIGNATURE)
CHECKPOINT = Checkpoint(LOG.name, TreeHead(7, bytes(32)))
PROOF = str(LogProof(3, (bytes(32), bytes(range(32))), signed(str(CHECKPOINT), LOG)))


class TestNote:
    def test_of_the_specification_is_accepted(self) -> None:
        """The printed note is verified by the printed key."""
        key = parse_key(KEY)

        found = signers(parse_note(NOTE), [key], checks)

        assert found == (key,)
        assert str(key) == KEY
        assert str(parse_note(NOTE)) == NOTE

    @given(st.integers(0, len(NOTE.encode()) * 8 - 1))
    def test_with_one_flipped_bit_is_refused(self, bit: int) -> None:
        """Whichever bit of the note is flipped, it is malformed, unsigned or wrongly signed."""
        with pytest.raises((NoteMalformed, NotSigned, SignatureWrong, UnicodeDecodeError)):
            signers(parse_note(_flipped(NOTE, bit).decode()), [parse_key(KEY)], checks)

    def test_signed_by_a_stranger_is_refused(self) -> None:
        """A signature counts only when we know the key."""
        with pytest.raises(NotSigned):
            signers(parse_note(NOTE), [LOG], checks)

    def test_keeps_lines_of_unknown_keys(self) -> None:
        """A witness we do not know neither helps nor harms."""
        note = signed("text\n", LOG)
        both = Note(note.text, (*note.signatures, *parse_note(NOTE).signatures))

        assert signers(parse_note(str(both)), [LOG], checks) == (LOG,)

    @pytest.mark.parametrize(
        "text", ["", "text\n", "text\n\n", "text\n\n— name\n", "a\tb\n\n— n AAAA\n"]
    )
    def test_that_is_none_is_refused(self, text: str) -> None:
        """Text without signatures, and lines that are none, are malformed."""
        with pytest.raises(NoteMalformed):
            parse_note(text)


class TestCosignature:
    def test_is_accepted_with_its_time(self) -> None:
        """A witness signs the time and the checkpoint."""
        note = parse_note(str(signed(str(CHECKPOINT), WITNESS, 1_174_000_000)))

        assert signers(note, [WITNESS], checks) == (WITNESS,)
        assert cosigned_at(note.signatures[0]) == 1_174_000_000

    def test_falls_with_another_time(self) -> None:
        """The time is part of what was signed."""
        line = signed(str(CHECKPOINT), WITNESS, 1_174_000_000).signatures[0]
        later = (1_174_000_001).to_bytes(8, "big") + line.payload[8:]

        with pytest.raises(SignatureWrong):
            signers(
                Note(str(CHECKPOINT), (Signature(line.name, line.key_id, later),)),
                [WITNESS],
                checks,
            )


class TestKey:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "name",
            KEY.replace("530d903a", "530d903b"),
            KEY.replace("foo", "fop"),
            "a name" + KEY[15:],
            "n+00000000+!!",
            "n+00000000+" + base64.b64encode(b"\x02" + PUBLIC).decode(),
        ],
    )
    def test_that_does_not_fit_itself_is_refused(self, text: str) -> None:
        """Name, id and key belong together, and only Ed25519 is known."""
        with pytest.raises(KeyMalformed):
            parse_key(text)


class TestCheckpoint:
    def test_is_written_as_the_specification_says(self) -> None:
        """Three lines: origin, size, root."""
        assert str(CHECKPOINT) == f"groundrules/msp/harbor\n7\n{'A' * 43}=\n"
        assert parse_checkpoint(str(CHECKPOINT)) == CHECKPOINT

    @pytest.mark.parametrize(
        "text",
        [
            "origin\n7\n",
            "origin\n07\n" + "A" * 43 + "=\n",
            "origin\n-1\n" + "A" * 43 + "=\n",
            "origin\n\N{ARABIC-INDIC DIGIT SEVEN}\n" + "A" * 43 + "=\n",
            "origin\n7\nAAAA\n",
            "origin\n7\n" + "A" * 42 + "B=\n",
            "\n7\n" + "A" * 43 + "=\n",
            "origin\n7\n" + "A" * 43 + "=\nextension\n",
        ],
    )
    def test_written_otherwise_is_refused(self, text: str) -> None:
        """Leading zeros, other digits, short roots, loose base64 bits and further lines are malformed."""
        with pytest.raises(CheckpointMalformed):
            parse_checkpoint(text)

    def test_origin_holds_no_space_or_plus(self) -> None:
        """A client's code may hold anything; a key's name may not."""
        assert origin_of("msp", "a b+c/d") == "groundrules/msp/a%20b%2Bc%2Fd"


class TestProof:
    def test_comes_back_as_it_was(self) -> None:
        """What is written is read."""
        assert str(parse_proof(PROOF)) == PROOF
        assert PROOF.startswith("c2sp.org/tlog-proof@v1\nindex 3\n")

    @given(st.integers(0, len(PROOF.encode()) * 8 - 1))
    def test_has_no_bit_that_says_nothing(self, bit: int) -> None:
        """A flipped bit is refused, or it says another thing; it never reads as the same proof."""
        try:
            found = parse_proof(_flipped(PROOF, bit).decode())
        except (ProofMalformed, NoteMalformed, UnicodeDecodeError):
            return

        assert found != parse_proof(PROOF)
        assert str(found) != PROOF

    def test_of_one_leaf_has_no_path(self) -> None:
        """A tree of one leaf needs no hash."""
        proof = LogProof(0, (), signed("x\n", LOG))

        assert parse_proof(str(proof)) == proof

    def test_asks_a_witness(self) -> None:
        """A request carries the old size, the proof and the checkpoint."""
        request = WitnessRequest(3, (bytes(32),), signed(str(CHECKPOINT), LOG))

        assert parse_request(str(request)) == request

    @pytest.mark.parametrize("text", ["", "index 3\n\n", "c2sp.org/tlog-proof@v1\nold 3\n\nx\n"])
    def test_that_is_none_is_refused(self, text: str) -> None:
        """Other text is no proof."""
        with pytest.raises(ProofMalformed):
            parse_proof(text)


class TestEntry:
    ENTRY = Entry(
        log="groundrules/msp/harbor",
        asset="H1",
        format="evtx",
        sha256="0" * 64,
        length=3,
        received_at=instant(datetime(2007, 3, 1, 12, tzinfo=UTC)),
    )

    def test_is_written_one_way(self) -> None:
        """Sorted keys, no spaces, UTC with microseconds."""
        raw = entry_bytes(self.ENTRY)

        assert parse_entry(raw) == self.ENTRY
        assert b'"received_at":"2007-03-01T12:00:00.000000Z"' in raw
        assert instant(None) == ""

    @pytest.mark.parametrize(
        "change",
        [
            (b'"H1"', b' "H1"'),
            (b"groundrules-evidence/1", b"groundrules-evidence/2"),
            (b"}", b""),
        ],
    )
    def test_written_another_way_is_refused(self, change: tuple[bytes, bytes]) -> None:
        """A space, another version and half an entry are refused."""
        with pytest.raises(EntryMalformed):
            parse_entry(entry_bytes(self.ENTRY).replace(*change))


def _flipped(text: str, bit: int) -> bytes:
    changed = bytearray(text.encode())
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
