"""Measuring invoices: made-up documents by several processes, each checked to the cent afterwards."""

from __future__ import annotations

import hashlib
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from groundrules.core.invoices.stated import recompute
from groundrules.readers.einvoice import read_invoice
from groundrules.services.made_invoices import make_invoice

# Small portions, so that no process waits long for the last one of another.
_PORTIONS = 100


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


def measure_invoices(documents: int, lines: int, workers: int) -> InvoiceSpeed:
    """This function will make made-up invoices, each written as its PDF, and then check each one's data to the cent.

    The clock runs from before the processes start until the last PDF is written; the check is ours, so it has its own.
    """
    began = time.perf_counter()
    chunk = max(1, documents // (workers * _PORTIONS))
    with TemporaryDirectory() as place, _processes(workers) as pool:
        jobs = [(number, lines, Path(place)) for number in range(1, documents + 1)]
        made = list(pool.map(make_invoice, jobs, chunksize=chunk))
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
