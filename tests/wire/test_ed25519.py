"""Ed25519 in plain Python: the RFC's own vectors, and the same answers as a compiled library gives."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from groundrules_wire.ed25519 import MalformedKey, public_key, sign, verify
from groundrules_wire.signing import batch_text, position_text

# RFC 8032, section 7.1: TEST 1, TEST 2, TEST 3, TEST SHA(abc).
VECTORS = (
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        b"",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        b"\x72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        b"\xaf\x82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
            "4a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").digest(),
        (
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030"
            "3dca179c138ac17ad9bef1177331a704"
        ),
    ),
)
ORDER = 2**252 + 27742317777372353535851937790883648493
secrets = st.binary(min_size=32, max_size=32)


class TestVectors:
    @pytest.mark.parametrize(("secret", "public", "message", "signature"), VECTORS)
    def test_are_met(self, secret: str, public: str, message: bytes, signature: str) -> None:
        """Public key and signature are those the RFC prints, and they verify."""
        key = public_key(bytes.fromhex(secret))
        signed = sign(bytes.fromhex(secret), message)

        assert key.hex() == public
        assert signed.hex() == signature
        assert verify(key, message, signed)


class TestSignatures:
    @given(secrets, st.binary(max_size=200))
    @settings(max_examples=40, deadline=None)
    def test_agree_with_a_compiled_library(self, secret: bytes, message: bytes) -> None:
        """Key and signature are byte for byte those of another implementation, each verifying the other's."""
        theirs = Ed25519PrivateKey.from_private_bytes(secret)
        raw = theirs.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

        assert public_key(secret) == raw
        assert sign(secret, message) == theirs.sign(message)
        Ed25519PublicKey.from_public_bytes(raw).verify(sign(secret, message), message)

    @given(
        secret=secrets,
        message=st.binary(max_size=60),
        bit=st.integers(0, 511),
        in_message=st.booleans(),
    )
    @settings(max_examples=40, deadline=None)
    def test_are_refused_when_a_bit_flips(
        self, secret: bytes, message: bytes, bit: int, *, in_message: bool
    ) -> None:
        """A flipped bit of the signature, or another message, is refused, as the library refuses it."""
        key, good = public_key(secret), sign(secret, message)
        flipped = bytearray(good)
        flipped[bit // 8] ^= 1 << bit % 8
        asked = (message + b"!", good) if in_message else (message, bytes(flipped))

        with pytest.raises(InvalidSignature):
            Ed25519PublicKey.from_public_bytes(key).verify(asked[1], asked[0])
        assert not verify(key, *asked)

    def test_have_one_form_only(self) -> None:
        """The same signature with the group's order added to its second half is another text, and refused."""
        secret = bytes.fromhex(VECTORS[0][0])
        good = sign(secret, b"")
        raised = int.from_bytes(good[32:], "little") + ORDER

        assert not verify(public_key(secret), b"", good[:32] + raised.to_bytes(32, "little"))
        assert not verify(public_key(secret), b"", good[:63])


class TestKeys:
    @pytest.mark.parametrize(
        "raw",
        [b"", bytes(31), b"\xff" * 32, (2).to_bytes(32, "little")],
        ids=["empty", "short", "beyond the field", "off the curve"],
    )
    def test_that_are_none_are_refused(self, raw: bytes) -> None:
        """A public key of a wrong length or off the curve is refused by name."""
        with pytest.raises(MalformedKey):
            verify(raw, b"", bytes(64))

    def test_have_32_secret_bytes(self) -> None:
        """A secret of another length signs nothing."""
        with pytest.raises(MalformedKey, match="not 5"):
            sign(b"short", b"")


class TestSignedTexts:
    def test_name_the_place_in_the_stream(self) -> None:
        """The text is the one both sides agreed on, letter by letter."""
        text = batch_text("AGT-1", "STR-1", 2, "ab" * 32, "cd" * 32)

        assert text == (
            f"groundrules-batch-v1\nAGT-1\nSTR-1\n2\n{'ab' * 32}\n{'cd' * 32}\n".encode()
        )
        assert batch_text("a", "s", 1, "", "d") == b"groundrules-batch-v1\na\ns\n1\n\nd\n"

    def test_carry_the_minute_of_a_question(self) -> None:
        """The question for the position is good for its minute only."""
        assert position_text("a", "s", 29_000_000) == b"groundrules-position-v1\na\ns\n29000000\n"
