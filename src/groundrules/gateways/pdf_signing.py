"""PDF signatures by the PAdES baseline (ETSI EN 319 142), through pyHanko; needs the extra `signing`.

Whoever needs it loads it then: pyHanko is large, and most installations sign nothing.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Sequence
from datetime import datetime

from asn1crypto import keys, x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import Certificate as Root
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError, UnacceptableSignerError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    validate_pdf_signature,
)
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from groundrules.gateways.letter_certificate import Certificate, FoundSignature

_FIELD = "Groundrules"
# A certificate for signatures says either, by who made it; one for something else says neither.
_USAGE = KeyUsageConstraints(
    key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
)
# What it finds wrong is in its verdict; its log would tell it once more, with a traceback.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)


class SigningFailed(RuntimeError):
    """A PDF could not be signed; nothing leaves unsigned instead."""


class NotReadable(ValueError):
    """A file is no PDF whose signatures could be looked at."""


def sign_pdf(pdf: bytes, certificate: Certificate, *, reason: str, at: datetime) -> bytes:
    """This function will sign a PDF as it stands, adding to it and changing nothing; raises SigningFailed."""
    try:
        return asyncio.run(_signed(pdf, certificate, reason, at))
    except (PdfReadError, SigningError, UnacceptableSignerError) as error:
        message = f"the PDF could not be signed ({error}); it was not sent"
        raise SigningFailed(message) from error


async def _signed(pdf: bytes, certificate: Certificate, reason: str, at: datetime) -> bytes:
    """As pyHanko signs, but at the time we are told instead of the machine's."""
    meta = PdfSignatureMetadata(
        field_name=_FIELD, subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256", reason=reason
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    session = PdfSigner(meta, _signer(certificate)).init_signing_session(writer)
    session.system_time = at
    room = await session.estimate_signature_container_size(None)
    prepared = session.prepare_tbs_document(validation_info=None, bytes_reserved=room)
    output = io.BytesIO()
    digest, _ = prepared.digest_tbs_document(output=output)
    given = PdfCMSSignedAttributes(signing_time=at)
    done = await prepared.perform_signature(digest.document_digest, given)
    await done.post_signature_processing(output)
    return output.getvalue()


def _signer(certificate: Certificate) -> SimpleSigner:
    known = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # its __init__ says no type
    known.register_multiple([_told(one) for one in certificate.above])
    key = certificate.key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return SimpleSigner(_told(certificate.leaf), keys.PrivateKeyInfo.load(key), known)


def _told(certificate: Root) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def signatures_of(pdf: bytes, roots: Sequence[Root]) -> tuple[FoundSignature, ...]:
    """This function will judge each signature in a PDF, asking no network; raises NotReadable."""
    try:
        found = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        return tuple(_judged(one, roots) for one in found)
    except PdfReadError as error:
        message = f"it is no PDF we can read ({error})"
        raise NotReadable(message) from error


def _judged(found: EmbeddedPdfSignature, roots: Sequence[Root]) -> FoundSignature:
    """Its certificate is judged for the time it says it was made: it may have ended since."""
    leaf = found.signer_cert
    claimed = found.self_reported_timestamp
    context = ValidationContext(
        trust_roots=[_told(one) for one in roots],
        other_certs=found.other_embedded_certs,
        allow_fetching=False,
        moment=claimed,
        best_signature_time=claimed,
    )
    holder, issuer = leaf.subject.human_friendly, leaf.issuer.human_friendly
    try:
        status = validate_pdf_signature(found, context, key_usage_settings=_USAGE)
    except SignatureValidationError as error:
        trusted = False if roots else None
        return FoundSignature(
            holder,
            issuer,
            claimed,
            is_intact=False,
            is_whole=False,
            trusted=trusted,
            problem=str(error),
        )
    return FoundSignature(
        holder,
        issuer,
        claimed,
        is_intact=status.intact and status.valid,
        is_whole=status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
        trusted=bool(status.trusted) if roots else None,
    )
