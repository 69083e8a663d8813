"""Measuring invoices: made-up documents, each as data, decision log and hybrid PDF, by several processes."""

from __future__ import annotations

import hashlib
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from groundrules.core.coverage.answers import CoverageDecision, EngineVersion
from groundrules.core.coverage.decide import decide
from groundrules.core.ids import ClauseNumber, ClientId, TimeEntryId
from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft, InvoiceLine, LineKind
from groundrules.core.invoices.electronic import electronic
from groundrules.core.invoices.heading import Heading, TradeParty
from groundrules.core.invoices.stated import recompute
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
from groundrules.readers.einvoice import read_invoice
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
class InvoiceSpeed:
    """What was made, in which time on the wall and of all processors, and whether every document was right."""

    documents: int
    lines: int
    workers: int
    wall_seconds: float
    cpu_seconds: float
    check_seconds: float
    pdf_bytes: int
    digest: str
    wrong: int


@dataclass(frozen=True, slots=True)
class Made:
    """One document: where its PDF lies, its size and digest, and the CPU seconds it took."""

    path: Path
    size: int
    digest: str
    cpu_seconds: float


def measure_invoices(documents: int, lines: int, workers: int) -> InvoiceSpeed:
    """This function will make made-up invoices, each written as its PDF, and then check each one's data to the cent.

    The clock runs from before the processes start until the last PDF is written; the check is ours, so it has its own.
    """
    began = time.perf_counter()
    chunk = max(1, documents // (workers * 20))
    with TemporaryDirectory() as place, _processes(workers) as pool:
        jobs = [(number, lines, Path(place)) for number in range(1, documents + 1)]
        made = list(pool.map(_make, jobs, chunksize=chunk))
        wall = time.perf_counter() - began
        wrong = sum(pool.map(_wrong_sums, (one.path for one in made), chunksize=chunk))
        checked = time.perf_counter() - began - wall
    together = hashlib.sha256("".join(one.digest for one in made).encode())
    return InvoiceSpeed(
        documents=documents,
        lines=lines,
        workers=workers,
        wall_seconds=round(wall, 2),
        cpu_seconds=round(sum(one.cpu_seconds for one in made), 2),
        check_seconds=round(checked, 2),
        pdf_bytes=sum(one.size for one in made),
        digest=together.hexdigest(),
        wrong=wrong,
    )


def words_of(speed: InvoiceSpeed) -> str:
    """This function will say in words what was measured."""
    return (
        f"{speed.documents} invoices of {speed.lines} lines, each as EN 16931 data, decision log and Factur-X PDF: "
        f"{speed.wall_seconds} s with {speed.workers} processes, {speed.cpu_seconds} CPU seconds, "
        f"{speed.pdf_bytes / 1_000_000:.1f} MB; "
        f"{speed.wrong} sums wrong, looked at for {speed.check_seconds} s\ndigest {speed.digest}"
    )


def _processes(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


def _wrong_sums(path: Path) -> int:
    return len(recompute(read_invoice(path.read_bytes()).stated))


def _make(job: tuple[int, int, Path]) -> Made:
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
