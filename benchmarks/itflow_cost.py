"""What the same operations cost another product (ITFlow), by the method of operation_cost.py.

It drives a running ITFlow by HTTP as its programs and people do, and reads the CPU time (utime and stime of
/proc/PID/stat) that its web server, PHP workers and database spent between just before the first measured operation and
just after the last answer; five operations before it are not counted. Install it by its own instructions with a fixed
number of PHP workers (`pm = static`: workers that come and go would take their time along), add a client, an income
category and an API key (Admin), and name the three root processes:

    .venv/bin/python -m benchmarks.itflow_cost --url http://127.0.0.1:8480 --email you@example.com \
        --password-file P --key-file K --client 1 --category 7 --processes 101,102,103

A check-in of a collector and a change that is taken in have no counterpart there. A time entry is a reply on a ticket
with time on it: it is stored and audited; no agreement decides it and nothing is charged. An invoice is begun in its
pages, gets 21 lines by its interface (there is no operation for many) and is read as PDF.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from benchmarks.operation_cost import Cost
from benchmarks.receive_speed import cpu_seconds

_WARM = 5
_LINES = 21


class NotDone(RuntimeError):
    """The other product answered, and the operation was not done."""


@dataclass(frozen=True)
class Other:
    """A running ITFlow, signed in to."""

    url: str
    key: str
    client: int
    category: int
    processes: tuple[int, ...]
    browser: OpenerDirector

    def write(self, path: str, **said: object) -> int:
        """One writing request of its interface; returns the number of what was made."""
        body = json.dumps({"api_key": self.key, "client_id": self.client, **said}).encode()
        with self.browser.open(Request(f"{self.url}/api/v1/{path}", data=body)) as answer:  # noqa: S310 - the given address
            told = json.loads(answer.read())
        if told.get("success") != "True":
            message = f"{path}: {told}"
            raise NotDone(message)
        return int(told["data"][0]["insert_id"])

    def read(self, path: str, **said: object) -> bytes:
        """One reading request of its interface or its pages."""
        with self.browser.open(f"{self.url}/{path}?{urlencode(said)}") as answer:
            return bytes(answer.read())

    def measure(self, name: str, count: int, act: Callable[[int], object]) -> Cost:
        """Do it a few times unmeasured, then on the clock."""
        for number in range(_WARM):
            act(number)
        cpu, wall = self.cpu(), time.perf_counter()
        for number in range(_WARM, _WARM + count):
            act(number)
        took, waited = self.cpu() - cpu, time.perf_counter() - wall
        return Cost(name, count, took / count * 1000, waited / count * 1000)

    def cpu(self) -> float:
        """What the named processes and everything below them have spent so far."""
        return sum(cpu_seconds(one) for root in self.processes for one in (root, *_below(root)))


def _below(root: int) -> list[int]:
    found = []
    for tasks in Path(f"/proc/{root}/task").glob("*/children"):
        for child in map(int, tasks.read_text(encoding="ascii").split()):
            found += [child, *_below(child)]
    return found


def signed_in(browser: OpenerDirector, url: str, email: str, password: str) -> str:
    """Sign in as a person does; returns what its forms carry against forgery."""
    said = urlencode({"email": email, "password": password, "login": "1"}).encode()
    browser.open(Request(f"{url}/login.php", data=said)).close()  # noqa: S310 - the given address
    with browser.open(f"{url}/agent/invoices.php") as page:
        found = re.search(r'csrf_token" value="([^"]+)"', page.read().decode())
    if found is None:
        message = "nobody is signed in; see the address and the password"
        raise NotDone(message)
    return found[1]


def invoice(other: Other, token: str, number: int) -> None:
    """An invoice of 21 lines, to its PDF."""
    said = {
        "csrf_token": token,
        "client_id": other.client,
        "date": "2026-11-01",
        "category": other.category,
        "scope": f"Month {number}",
        "invoice_discount": 0,
        "recurring_discount": 0,
        "add_invoice": 1,
    }
    form = Request(f"{other.url}/agent/post.php", data=urlencode(said).encode())  # noqa: S310 - the given address
    with other.browser.open(form) as answer:
        found = re.search(r"invoice_id=(\d+)", answer.geturl())
    if found is None:
        message = "no invoice was begun"
        raise NotDone(message)
    for line in range(_LINES):
        name = f"Work {line}"
        other.write("invoice_items/create.php", invoice_id=found[1], name=name, qty=0.5, price=150)
    pdf = other.read("agent/post.php", export_invoice_pdf=found[1], csrf_token=token)
    if not pdf.startswith(b"%PDF"):
        message = "the invoice's PDF is none"
        raise NotDone(message)


def costs(other: Other, token: str, count: int, invoices: int) -> list[Cost]:
    """Every operation that has a counterpart."""
    subject = {"ticket_subject": "Printer", "ticket_details": "It does not print."}
    ticket = other.write("tickets/create.php", **subject)

    def reply(number: int) -> None:
        other.write(
            "ticket_replies/create.php",
            ticket_id=ticket,
            ticket_reply=f"Case {number}",
            ticket_reply_time_worked="00:15:00",
        )

    page = {"api_key": other.key, "ticket_id": ticket, "limit": 50}
    one = {"api_key": other.key, "limit": 1}
    return [
        other.measure("ticket", count, lambda _n: other.write("tickets/create.php", **subject)),
        other.measure("time on a ticket, few on record", count, reply),
        *[other.measure(f"time on a ticket, {2 * count} more on record", count, reply)],
        other.measure(
            "reading 50 of them",
            count,
            lambda _n: other.read("api/v1/ticket_replies/read.php", **page),
        ),
        other.measure(
            "reading one client", count, lambda _n: other.read("api/v1/clients/read.php", **one)
        ),
        other.measure(
            f"invoice of {_LINES} lines with PDF", invoices, lambda n: invoice(other, token, n)
        ),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--url", required=True)
    parser.add_argument("--email", required=True)
    parser.add_argument("--password-file", type=Path, required=True)
    parser.add_argument("--key-file", type=Path, required=True)
    parser.add_argument("--client", type=int, required=True)
    parser.add_argument("--category", type=int, required=True)
    parser.add_argument(
        "--processes", required=True, help="web server, PHP and database, by number"
    )
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--invoices", type=int, default=20)
    chosen = parser.parse_args()
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    password = chosen.password_file.read_text(encoding="utf-8").strip()
    token = signed_in(browser, chosen.url, chosen.email, password)
    processes = tuple(map(int, chosen.processes.split(",")))
    key = chosen.key_file.read_text(encoding="utf-8").strip()
    other = Other(chosen.url, key, chosen.client, chosen.category, processes, browser)
    print(f"{'operation':<58} {'count':>6} {'CPU ms':>10} {'wall ms':>10}")
    for one in costs(other, token, chosen.count, chosen.invoices):
        print(one.line())


if __name__ == "__main__":
    main()
