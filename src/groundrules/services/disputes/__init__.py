"""Disputes: opened by who may, with a deadline and a hold on the money; answered by a superseding decision."""

from groundrules.services.disputes.answering import Given, answer, foreseen, terms_of, withdraw
from groundrules.services.disputes.opening import Raised, open_dispute
from groundrules.services.disputes.people import (
    AREA,
    Speaker,
    client_speaker,
    vendor_named,
    vendor_speaker,
)
from groundrules.services.disputes.standing import UnknownDispute, on_document, standing_of

__all__ = [
    "AREA",
    "Given",
    "Raised",
    "Speaker",
    "UnknownDispute",
    "answer",
    "client_speaker",
    "foreseen",
    "on_document",
    "open_dispute",
    "standing_of",
    "terms_of",
    "vendor_named",
    "vendor_speaker",
    "withdraw",
]
