"""A program: makes books with one client, and asks a worker to bring so many of its servers in."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from groundrules.cli.main import start_database

start_database()

from groundrules.records.models import Client, User  # noqa: E402 - records exist only once Django is started
from groundrules.services.database import migrate  # noqa: E402 - as above
from groundrules.services.imports import waiting  # noqa: E402 - as above
from groundrules.services.imports.mapping import Mapped  # noqa: E402 - as above
from groundrules.services.imports.running import Source  # noqa: E402 - as above
from tests.cast import OLGA  # noqa: E402 - as above


def main(rows: int) -> None:
    """This function will do it."""
    migrate()
    User.objects.create(email=OLGA.label, name="Olga", role=OLGA.role.value)
    Client.objects.create(code="HARBOR", name="Harbor", zone="America/Los_Angeles", currency="USD")
    raw = "client,name\n" + "".join(f"HARBOR,SRV-{n}\n" for n in range(rows))
    source = Source("assets", "servers.csv", raw.encode(), Mapped())
    asked = waiting.Asked(rehearse=False)
    waiting.bring_in_later(source, asked, actor=OLGA, at=datetime.now(UTC))


main(int(sys.argv[1]))
