"""A program: begins an installation with one client and one server, and prints as many enrolment tokens as asked."""

from __future__ import annotations

import sys
from pathlib import Path

from django.utils import timezone

from groundrules.cli.main import start_database

start_database()

from groundrules.services.agents import make_token  # noqa: E402 - records exist only once Django is started
from groundrules.services.case_import import keep_cards  # noqa: E402 - as above
from groundrules.services.cases import run_case  # noqa: E402 - as above
from groundrules.services.database import migrate  # noqa: E402 - as above
from tests.cast import OLGA  # noqa: E402 - as above

CASE = Path(__file__).parents[2] / "cases" / "01-drive-array-recovery.yaml"


def main(count: int) -> None:
    """This function will do it."""
    migrate()
    client = keep_cards(run_case(CASE.read_bytes(), CASE).case.world, actor=OLGA)
    asset = client.assets.get(code="SRV1")
    for _ in range(count):
        print(make_token(asset, actor=OLGA, at=timezone.now()))  # noqa: T201 - its answer


main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
