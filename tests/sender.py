"""A collector as the tests play it: its key, its chain, and requests as docs/reference/receiving.md describes them."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from groundrules_wire import Fact, Host, Manifest, pack, part_of
from groundrules_wire.signing import batch_text, position_text

ENROL = "/api/v1/agents/enrol"
EVIDENCE = "/api/v1/evidence"
POSITION = "/api/v1/evidence/position"


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch ready to send."""

    sequence: int
    previous: str
    body: bytes

    @property
    def digest(self) -> str:
        """The SHA-256 of the body."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(slots=True)
class Sender:
    """A collector with a key. `made` grows with every batch it makes, sent or not."""

    agent: str = "agent-none"
    stream: str = "stream-none"
    host: Host = field(default_factory=lambda: Host("SRV1"))
    key: Ed25519PrivateKey = field(
        default_factory=lambda: Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    )
    made: list[Batch] = field(default_factory=list)

    @property
    def public_key(self) -> str:
        """The public key as it is sent."""
        return b64encode(self.key.public_key().public_bytes_raw()).decode()

    def enrolment(self, token: str) -> dict[str, str]:
        """This function will write the body of the enrolment."""
        return {
            "token": token,
            "hostname": self.host.name,
            "machine_id_digest": self.host.machine,
            "public_key": self.public_key,
            "software": "groundrules-collector/test",
        }

    def make(self, collected_at: datetime, log: bytes = b"", facts: tuple[Fact, ...] = ()) -> Batch:
        """This function will make the next batch of the chain, with one dpkg log in it when one is given."""
        parts = (part_of("dpkg.log", "dpkg-log", log),) if log else ()
        manifest = Manifest(
            self.host,
            "America/Los_Angeles",
            collected_at.isoformat(),
            sequence=len(self.made) + 1,
            previous=self.made[-1].digest if self.made else "",
            parts=parts,
            facts=facts,
        )
        body = pack(manifest, [log] if log else [])
        self.made.append(Batch(manifest.sequence, manifest.previous, body))
        return self.made[-1]

    def headers(self, batch: Batch) -> dict[str, str]:
        """This function will sign a batch."""
        text = batch_text(self.agent, self.stream, batch.sequence, batch.previous, batch.digest)
        return {
            "Groundrules-Agent": self.agent,
            "Groundrules-Stream": self.stream,
            "Groundrules-Sequence": str(batch.sequence),
            "Groundrules-Previous": batch.previous,
            "Groundrules-Signature": b64encode(self.key.sign(text)).decode(),
        }

    def question(self, at: datetime) -> dict[str, str]:
        """This function will sign the question for the position."""
        text = position_text(self.agent, self.stream, int(at.timestamp()) // 60)
        return {
            "Groundrules-Agent": self.agent,
            "Groundrules-Stream": self.stream,
            "Groundrules-Signature": b64encode(self.key.sign(text)).decode(),
        }


def altered(batch: Batch) -> Batch:
    """This function will flip one bit in the last byte of a batch's body."""
    return replace(batch, body=batch.body[:-1] + bytes([batch.body[-1] ^ 1]))


def package_log(at: datetime, count: int, package: str = "hello") -> bytes:
    """This function will write a dpkg log of `count` upgrades, a second apart, as the package manager does."""
    lines = []
    for place in range(count):
        moment = (at + timedelta(seconds=place)).strftime("%Y-%m-%d %H:%M:%S")
        lines.append(f"{moment} upgrade {package}{place}:amd64 1.{place} 2.{place}")
        lines.append(f"{moment} status installed {package}{place}:amd64 2.{place}")
    return "".join(f"{line}\n" for line in lines).encode()
