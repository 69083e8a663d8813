"""One process for a small shop: what `groundrules serve` on SQLite keeps in memory, and how long its pages take.

Run: `.venv/bin/python benchmarks/small_shop.py [--clients 20] [--months 12] [--rounds 10]`

Books of twenty clients over a year (of `groundrules demo --portfolio`), served by one process as an owner would start
it. Each page is asked over HTTP, signed in, round after round, among them a client's year as a report and its PDF, of
another client each time. Memory is what the kernel counts of the process: `VmRSS`, `Pss` (pages shared with other
processes counted in part) and `VmHWM`, the most it ever was; after the start and after the rounds. Were there processes
below it, they would be counted apart: the kernel is asked for them after every page.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

_PAGES = (
    *("/", "/servers/", "/work/", "/clients/", "/letters/", "/invoices/", "/evidence/"),
    *("/profit/", "/month-end/", "/installation/", "/readyz"),
    *("/clients/{}/report/", "/clients/{}/report/report.pdf"),
)
_NAMES = {"VmRSS": "now", "Pss": "of it its own", "VmHWM": "most"}


def main() -> None:
    """Fill, serve, ask and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--clients", type=int, default=20)
    arguments.add_argument("--months", type=int, default=12)
    arguments.add_argument("--rounds", type=int, default=10)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        surroundings = {**os.environ, "GROUNDRULES_DATA": folder}
        program = [sys.executable, "-m", "groundrules.cli.main"]
        size = ["--clients", str(given.clients), "--months", str(given.months)]
        filled = [*program, "demo", "--portfolio", "--no-serve", *size]
        subprocess.run(filled, env=surroundings, check=True, stdout=subprocess.DEVNULL)
        with subprocess.Popen(
            [*program, "serve", "--port", "0"], env=surroundings, stdout=subprocess.PIPE, text=True
        ) as server:
            try:
                measure(server, given.rounds, given.clients)
            finally:
                server.terminate()


def measure(server: subprocess.Popen[str], rounds: int, clients: int) -> None:
    """Signs in, asks every page again and again, and prints times and memory."""
    link = ""
    while not link:
        said = server.stdout.readline() if server.stdout else ""
        found = re.search(r"http://\S+/sign-in/\S+", said)
        link = found[0] if found else ""
    address = link.partition("/sign-in/")[0]
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    sign_in(browser, link)
    print(f"after the start: {memory(server.pid)}")
    took: dict[str, list[float]] = {page: [] for page in _PAGES}
    below: set[int] = set()
    for turn in range(rounds + 1):
        for page in _PAGES:
            asked = address + page.format(f"C{turn % clients + 1:03}")
            began = time.perf_counter()
            browser.open(asked, timeout=60).read()
            took[page].append(time.perf_counter() - began)
            below |= children(server.pid)
    for page, seconds in took.items():
        middle, first = statistics.median(seconds[1:]) * 1000, seconds[0] * 1000
        print(f"{page:<32} {middle:>7.0f} ms   (first time {first:,.0f} ms)")
    print(f"after {rounds + 1} rounds: {memory(server.pid)}; processes below it: {len(below)}")


def sign_in(browser: OpenerDirector, link: str) -> None:
    """Presses the button behind the link."""
    page = browser.open(link, timeout=60).read().decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    token = found[1] if found else ""
    browser.open(link, urlencode({"csrfmiddlewaretoken": token}).encode(), timeout=60).read()


def children(process: int) -> set[int]:
    """The processes the server started and that run now."""
    tasks = Path(f"/proc/{process}/task").iterdir()
    return {int(one) for task in tasks for one in (task / "children").read_text().split()}


def memory(process: int) -> str:
    """What the kernel says of the process, in MiB."""
    told = (
        Path(f"/proc/{process}/status").read_text()
        + Path(f"/proc/{process}/smaps_rollup").read_text()
    )
    found = dict(re.findall(r"^(VmRSS|VmHWM|Pss):\s+(\d+) kB", told, re.MULTILINE))
    return ", ".join(f"{_NAMES[name]} {int(found[name]) / 1024:.0f} MiB" for name in _NAMES)


main()
