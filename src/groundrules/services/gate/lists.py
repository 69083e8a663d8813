"""What every host must know: whom to trust, and which certificates are revoked. Sent when it has changed."""

from __future__ import annotations

import hashlib
from datetime import datetime

from groundrules.gateways.gate import GateDoor, GateRefused, GateUnreachable, Pass
from groundrules.gateways.ssh_certificates import revocation_list
from groundrules.records.models import CertificateAuthority, CertificateRevoked, Gate
from groundrules.services.gate.authority import control_pass
from groundrules.services.gate.ways import way_to


def trusted_keys() -> bytes:
    """This function will return the public keys hosts should trust, one a line, the one that signs first."""
    rows = CertificateAuthority.objects.trusted()
    return "".join(f"{row.public_key} groundrules-{row.pk}\n" for row in rows).encode()


def revoked_list() -> bytes:
    """This function will return the OpenSSH list of revoked certificates that have not expired by themselves.

    Raises RevocationListFailed.
    """
    rows = CertificateRevoked.objects.select_related("certificate__authority").order_by("pk")
    serials: dict[str, list[int]] = {}
    for row in rows:
        serials.setdefault(row.certificate.authority.public_key, []).append(row.certificate.serial)
    lists = [(key, tuple(numbers)) for key, numbers in sorted(serials.items())]
    return revocation_list(lists, number=len(rows))


def sync_lists(door: GateDoor, *, at: datetime) -> dict[str, str]:
    """This function will send both lists to hosts that lack them; returns the problem of each it could not reach.

    A host that is away is tried again at the next turn; until then the window's own end still holds there.
    """
    trusted, revoked = trusted_keys(), revoked_list()
    wanted = (
        ("trust_digest", "trust", trusted, hashlib.sha256(trusted).hexdigest()),
        ("revoked_digest", "revoke", revoked, _revocations_known()),
    )
    problems: dict[str, str] = {}
    held: Pass | None = None
    for gate in Gate.objects.by_ssh().select_related("asset").order_by("pk"):
        for column, verb, content, digest in wanted:
            if getattr(gate, column) == digest:
                continue
            held = held or control_pass(at=at)
            problem = _send(door, gate, held, (verb, content))
            if problem:
                problems[gate.asset.code] = problem
                break
            _note(gate, column, digest)
    return problems


def _revocations_known() -> str:
    """A KRL carries the time it was written, so what it lists stands for it."""
    serials = CertificateRevoked.objects.order_by("pk").values_list(
        "certificate__serial", flat=True
    )
    return hashlib.sha256(repr(list(serials)).encode()).hexdigest()


def _send(door: GateDoor, gate: Gate, held: Pass, said: tuple[str, bytes]) -> str:
    verb, content = said
    try:
        door.call(way_to(gate), held, (verb,), content)
    except (GateUnreachable, GateRefused) as problem:
        return str(problem)
    return ""


def _note(gate: Gate, column: str, digest: str) -> None:
    setattr(gate, column, digest)
    gate.save(update_fields=[column])
