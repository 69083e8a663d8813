"""Signing without paper: a document is put before a contact, signed with a typed name and a mailed code, and sealed."""

from groundrules.services.signing.asking import (
    agreement_ref,
    ask_agency,
    ask_agreement,
    standing_request,
    to_sign,
)
from groundrules.services.signing.giving import Given, sign

__all__ = [
    "Given",
    "agreement_ref",
    "ask_agency",
    "ask_agreement",
    "sign",
    "standing_request",
    "to_sign",
]
