"""Making invoices up, to measure: each as data, decision log and hybrid PDF, the same for the same number.

Apart from the measuring, because the processes that make them begin by reading in what stands here, and nothing else.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

from groundrules.core.coverage.answers import CoverageDecision, EngineVersion
from groundrules.core.coverage.decide import decide
from groundrules.core.ids import ClauseNumber, ClientId, TimeEntryId
from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft, InvoiceLine, LineKind
from groundrules.core.invoices.electronic import electronic
from groundrules.core.invoices.heading import Heading, TradeParty
from groundrules.core.invoices.tax import (
    Tax,
    TaxCategory,
    TaxedKind,
    TaxRule,
    TaxRules,
    tax_invoice,
)
from groundrules.core.money import Money
from groundrules.core.parties import LegalDetails
from groundrules.renderers.decision_log import DecisionLog, render_decision_log
from groundrules.renderers.einvoice_cii import render_cii
from groundrules.renderers.facturx import FILE_NAME
from groundrules.renderers.pdf_invoice import InvoiceContext, render_invoice
from groundrules.renderers.typesetting import Attachment
from groundrules.services.rating_bench import KNOWN_AT, one_entry

_FIRST, _END = date(2026, 11, 1), date(2026, 12, 1)
_AT = datetime(2026, 12, 1, 9, tzinfo=UTC)
_HOURLY = Money(12500, "USD")
_RULES = TaxRules(
    provider=(
        TaxRule(
            date(2026, 1, 1),
            TaxedKind.EVERYTHING,
            Tax(TaxCategory.STANDARD, Decimal("8.875"), "Sales tax"),
        ),
    )
)
_SELLER = TradeParty(
    "MSP",
    "Greenway IT Services",
    ("12 Quay Street", "Seattle, WA 98101"),
    "service@greenway.example",
    LegalDetails(country="US", tax_number="WA-600-000-000", account="021000021 / 123456"),
)


@dataclass(frozen=True, slots=True)
class Made:
    """One document: where its PDF lies, its size and digest, and the CPU seconds it took."""

    path: Path
    size: int
    digest: str
    cpu_seconds: float


def make_invoice(job: tuple[int, int, Path]) -> Made:
    """This function will make one document up and write its PDF; a job is its number, its lines, and where to."""
    number, lines, place = job
    began = time.process_time()
    draft = _draft(number, lines)
    heading = _heading(number, draft)
    xml = render_cii(electronic(draft, heading))
    files = (
        Attachment(
            "decision-log.json", _log(draft, heading), "application/json", "supplement", "Decisions"
        ),
        Attachment(FILE_NAME, xml, "text/xml", "alternative", "Factur-X"),
    )
    pdf = render_invoice(draft, InvoiceContext(heading, _AT, attachments=files))
    digest = hashlib.sha256(pdf).hexdigest()
    path = place / f"{heading.number}.pdf"
    path.write_bytes(pdf)
    return Made(path, len(pdf), digest, time.process_time() - began)


def _draft(number: int, lines: int) -> InvoiceDraft:
    return InvoiceDraft(
        DocumentKind.INVOICE,
        ClientId(f"C{number}"),
        "USD",
        _FIRST,
        _END,
        tuple(_line(number, place) for place in range(lines)),
    )


def _line(number: int, place: int) -> InvoiceLine:
    """Two lines in three are covered; times differ from line to line."""
    minutes = Fraction(15 + (number * 7 + place * 13) % 180)
    value = Money.rounded(minutes * _HOURLY.minor / 60, "USD")
    is_covered = place % 3 > 0
    return InvoiceLine(
        kind=LineKind.COVERED if is_covered else LineKind.CHARGE,
        description=f"Incident {number}-{place} (SRV{place % 5})",
        service_day=date(2026, 11, 1 + place % 30),
        amount=Money.zero("USD") if is_covered else value,
        value=value,
        clause=ClauseNumber("3.2" if is_covered else "4.2"),
        minutes=minutes,
        hourly=_HOURLY,
        working=f"{minutes} min x {_HOURLY} = {value}",
        entries=(TimeEntryId(f"TIM-{number}-{place}"),),
    )


def _heading(number: int, draft: InvoiceDraft) -> Heading:
    return Heading(
        number=f"INV-{number:05d}",
        issued_on=_END,
        due_on=date(2026, 12, 31),
        seller=_SELLER,
        buyer=TradeParty(f"C{number}", f"Client {number}", legal=LegalDetails(country="US")),
        agreement="Managed services agreement, version 3",
        taxed=tax_invoice(draft, _RULES),
    )


@cache
def _decided() -> CoverageDecision:
    entry, agreement = one_entry()
    return decide(entry, agreement, KNOWN_AT, EngineVersion("measured", "measured"))


def _log(draft: InvoiceDraft, heading: Heading) -> bytes:
    """Each line's decision is a real one with all its reasons, made for another entry."""
    decided = _decided()
    decisions = {
        f"DEC-{line.entries[0]}": replace(decided, entry=line.entries[0]) for line in draft.lines
    }
    return render_decision_log(DecisionLog(heading, draft, decisions))
