"""A program: begins an installation with one client, one server and one enrolment token, which it prints."""

from __future__ import annotations

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


def main() -> None:
    """This function will do it."""
    migrate()
    client = keep_cards(run_case(CASE.read_bytes(), CASE).case.world, actor=OLGA)
    print(make_token(client.assets.get(code="SRV1"), actor=OLGA, at=timezone.now()))  # noqa: T201 - its answer


main()
