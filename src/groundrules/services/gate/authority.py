"""The SSH certificate authority: made once, rotated by making another, retired when all hosts know."""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.db import transaction

from groundrules.gateways.gate import CONTROL, Pass
from groundrules.gateways.signing import KeyFolder
from groundrules.gateways.ssh_certificates import (
    UserCertificate,
    UserKey,
    certificate_builder,
    key_line,
    public_half,
)
from groundrules.records.models import CertificateAuthority
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.storage import keys_password, keys_place

# A host's clock may be a little off; the control certificate is good for minutes either way.
_PASS_SLACK = timedelta(minutes=5)


class NoAuthority(LookupError):
    """No certificate authority has been made yet."""


class AuthorityAlreadyRetired(ValueError):
    """The authority signs nothing any more, or is the only one there is."""


def authority_folder() -> KeyFolder:
    """This function will return the folder of the authorities' private keys."""
    return KeyFolder(keys_place() / "ssh", keys_password())


def signing_authority() -> CertificateAuthority:
    """This function will return the authority that signs now; raises NoAuthority."""
    found = CertificateAuthority.objects.trusted().first()
    if found is None:
        message = "there is no SSH certificate authority yet; make one: groundrules gate authority"
        raise NoAuthority(message)
    return found


def make_authority(*, actor: Actor, at: datetime) -> CertificateAuthority:
    """This function will make the authority that signs from now on; owners only. Older ones stay until retired."""
    require(actor)
    with transaction.atomic():
        row = CertificateAuthority.objects.create(
            public_key=key_line(authority_folder().make()), made_at=at
        )
        says = f"SSH certificate authority made: {row.public_key}"
        audit.record(audit.Entry("gate.authority", f"authority {row.pk}", says), actor=actor, at=at)
    return row


def retire_authority(number: int, *, actor: Actor, at: datetime) -> CertificateAuthority:
    """This function will stop trusting an authority and destroy its key; owners only.

    Raises NoAuthority, or AuthorityAlreadyRetired, also for the last one: make its successor first.
    """
    require(actor)
    with transaction.atomic():
        row = CertificateAuthority.objects.select_for_update().filter(pk=number).first()
        if row is None:
            message = f"there is no authority {number}; groundrules gate list shows them"
            raise NoAuthority(message)
        others = CertificateAuthority.objects.trusted().exclude(pk=number)
        if row.retired_at is not None or not others.exists():
            message = f"authority {number} is retired already, or the only one; make another first"
            raise AuthorityAlreadyRetired(message)
        row.retired_at = at
        row.save(update_fields=["retired_at"])
        entry = audit.Entry("gate.retire", f"authority {number}", "retired; its key is destroyed")
        audit.record(entry, actor=actor, at=at)
    authority_folder().destroy(public_half(row.public_key))
    return row


def certify(authority: CertificateAuthority, key: UserKey, certificate: UserCertificate) -> str:
    """This function will sign a certificate and return its line; raises KeyMissing or KeyUnusable."""
    public = public_half(authority.public_key)
    signed = authority_folder().certify(public, certificate_builder(key, certificate))
    return signed.public_bytes().decode()


def control_pass(*, at: datetime) -> Pass:
    """This function will make what lets Groundrules itself in at its gates for a few minutes, with a key of its own."""
    private = Ed25519PrivateKey.generate()
    certificate = UserCertificate(
        serial=0,
        key_id=CONTROL,
        principal=CONTROL,
        valid_from=at - _PASS_SLACK,
        valid_to=at + _PASS_SLACK,
        terminal=False,
    )
    line = certify(signing_authority(), private.public_key(), certificate)
    return Pass(private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()), line)
