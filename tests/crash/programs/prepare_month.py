"""A program: makes a provider of so many clients with one month of work, and opens that month's billing run."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime

from groundrules.cli.main import start_database

start_database()

from groundrules.services import month_end  # noqa: E402 - records exist only once Django is started
from groundrules.services.database import migrate  # noqa: E402 - as above
from groundrules.services.portfolio_demo import Size, fill  # noqa: E402 - as above
from tests.cast import OLGA  # noqa: E402 - as above


def main(clients: int) -> None:
    """This function will do it."""
    migrate()
    fill(Size(date(2026, 7, 1), clients, months=0))
    month_end.open_run(date(2026, 6, 1), actor=OLGA, at=datetime.now(UTC), hold_hours=0)


main(int(sys.argv[1]))
