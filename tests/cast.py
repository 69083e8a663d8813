"""The cast: who acts in every test, and the instants they act at."""

from __future__ import annotations

from datetime import UTC, datetime

from groundrules.records.users import Role
from groundrules.services.actor import Actor

OLGA = Actor("olga@castle-it.example", Role.OWNER)
TARIQ = Actor("tariq@castle-it.example", Role.TECHNICIAN)
TESSA = Actor("tessa@castle-it.example", Role.TECHNICIAN)
ANNA = Actor("anna@castle-it.example", Role.ACCOUNTANT)

BEGINNING = datetime(2006, 12, 15, 18, 0, tzinfo=UTC)
AFTERWARDS = datetime(2007, 3, 5, 17, 0, tzinfo=UTC)
