"""The made provider for tests: few clients and months, made once for a class."""

from __future__ import annotations

from datetime import UTC, date, datetime

from groundrules.services.portfolio_demo import Size, fill
from groundrules.services.profit import Span

END = date(2026, 7, 1)
AT = datetime(2026, 7, 15, tzinfo=UTC)
SPAN = Span(date(2026, 2, 1), date(2026, 6, 1))


def made(clients: int = 5, months: int = 4) -> None:
    """Five clients over four months: the four with a story, and a usual one."""
    fill(Size(END, clients, months))
