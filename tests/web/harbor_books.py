"""Harbor's books for tests of pages: a scenario taken over by the same verbs as everyday work, and three users."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from groundrules.core.world import World
from groundrules.records import models as books
from groundrules.records.models import Role, User
from groundrules.services import invoices, letters, users
from groundrules.services.actor import Actor
from groundrules.services.case_import import import_case
from groundrules.services.cases import run_case

CASES = Path(__file__).resolve().parents[1] / "cases"
KIM = Actor("kim@greenway.example", Role.OWNER)
ALEX = Actor("alex@greenway.example", Role.TECHNICIAN)
PASSWORD = "a quiet harbor at night"
_PEOPLE = (
    ("kim@greenway.example", "Kim Green", Role.OWNER),
    ("alex@greenway.example", "Alex", Role.TECHNICIAN),
    ("ann@greenway.example", "Ann Booker", Role.ACCOUNTANT),
    ("ada@audits.example", "Ada Reeve", Role.AUDITOR),
    ("cole@consults.example", "Cole", Role.OBSERVER),
)


@dataclass(frozen=True, slots=True)
class Books:
    """The client's card, the world it came from, and the instant it is told from."""

    client: books.Client
    world: World
    at: datetime


def people(at: datetime) -> dict[str, User]:
    """One user per role, by role."""
    made = {}
    for email, name, role in _PEOPLE:
        user = users.let_in(email=email, name=name, role=role, actor=KIM, at=at)
        users.set_password(user, PASSWORD, actor=KIM, at=at)
        made[str(role)] = user
    return made


def people_told() -> tuple[str, ...]:
    """The addresses of everybody among them."""
    return tuple(email for email, _, _ in _PEOPLE)


def person(role: str) -> User:
    """The user of a role among them."""
    return User.objects.get(role=role, email__in=[email for email, _, _ in _PEOPLE])


def take_over(name: str) -> Books:
    """A scenario in the database, answered at the instant of its last question."""
    path = CASES / name
    case = run_case(path.read_bytes(), path).case
    at = case.questions[-1].at
    return Books(import_case(case.world, at=at, actor=KIM).client, case.world, at)


def with_people(name: str) -> Books:
    """The same, with one user of each role."""
    told = take_over(name)
    people(told.at)
    return told


def with_documents(name: str) -> Books:
    """The same, with every letter drafted by Alex and the asked invoices issued."""
    told = take_over(name)
    letters.draft(client=told.client, actor=ALEX, at=told.at)
    for document in invoices.due(client=told.client, at=told.at):
        key = f"{document.kind.value}|{document.period_start}"
        invoices.issue(document, client=told.client, key=key, actor=KIM, at=told.at)
    return told
