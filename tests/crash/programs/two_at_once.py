"""A program: two people, or two workers, do the same thing at the same moment, each with a connection of its own.

Prints for each pair how both ended, and what is in the books afterwards; then the same of workers that are killed.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from unittest import mock

from django.conf import settings
from django.db import connection

from groundrules.cli.main import start_database

start_database()

from groundrules.core.disputes import DisputeOutcome, DisputeSubject  # noqa: E402 - once Django is started
from groundrules.core.ids import AssetId, ConditionId  # noqa: E402 - as above
from groundrules.core.lifecycle.answers import ConditionRecord  # noqa: E402 - as above
from groundrules.core.money import Money  # noqa: E402 - as above
from groundrules.records import models as books  # noqa: E402 - as above
from groundrules.services import disputes, incidents, invoices, letters, lifecycle, lifecycle_due  # noqa: E402 - as above
from groundrules.services.database import migrate  # noqa: E402 - as above
from groundrules.services.disputes import Given, Raised, client_speaker  # noqa: E402 - as above
from groundrules.services.incidents import Reported  # noqa: E402 - as above
from tests.crash.programs import killed  # noqa: E402 - as above
from tests.crash.programs.killed import Doomed  # noqa: E402 - as above
from tests.mail_post import letterbox  # noqa: E402 - as above
from tests.patience import PATIENCE  # noqa: E402 - as above
from tests.web.harbor_books import ALEX, KIM  # noqa: E402 - as above
from tests.web.pages_in_time import as_far_as  # noqa: E402 - as above

SRV1 = AssetId("SRV1")
OFF = datetime(2007, 3, 12, 15, 0, tzinfo=UTC)
NOON = datetime(2007, 4, 4, 22, 0, tzinfo=UTC)  # 15:00 PDT, Rogue has accepted


def together(*acts: Callable[[], object]) -> list[str]:
    """What each act came to, all let go at the same moment: "done", or its refusal by name and in words."""
    start = threading.Barrier(len(acts))
    ended = ["never"] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        start.wait(PATIENCE)
        try:
            came_to = act()
            ended[number] = "nothing" if came_to in ((), None) else "done"
        except ValueError as refused:
            ended[number] = f"{type(refused).__name__}: {refused}"
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return ended


def a_letter() -> dict[str, Any]:
    """Its hold is over: the worker sends it while somebody calls it back, and another worker sends it too."""
    draft = books.LetterDraft.objects.get(kind="suspension")
    letters.approve(draft=draft, actor=KIM, at=OFF)
    letters.queue(draft=draft, actor=KIM, at=OFF)
    due = OFF + timedelta(hours=1)
    ended = together(
        lambda: letters.send_due(at=due),
        lambda: letters.call_back(draft=draft, actor=KIM, at=due),
        lambda: letters.send_due(at=due),
    )
    draft.refresh_from_db()
    return {"ended": ended, "state": draft.state, "sent": books.Letter.objects.count()}


def a_worker(client: books.Client, at: datetime) -> dict[str, Any]:
    """Two workers apply what is due for one client."""
    ended = together(*[lambda: lifecycle_due.apply_for(client, at=at).says] * 2)
    kinds = (
        books.LifecycleEntry.objects.of_client(client).order_by("pk").values_list("kind", flat=True)
    )
    drafts = books.LetterDraft.objects.filter(client=client).values_list("kind", flat=True)
    return {"ended": ended, "entries": list(kinds), "drafts": sorted(drafts)}


def a_condition(client: books.Client, at: datetime) -> dict[str, Any]:
    """One records the proof of a condition, the other lets it go for a price."""
    proof = ConditionRecord(ConditionId("fee"), at, "Alex", "Paid in cash", asset=SRV1)
    gone = lifecycle.LetGo(ConditionId("fee"), SRV1, "A kindness", "350.00")
    ended = together(
        lambda: lifecycle.prove(proof, client=client, actor=ALEX, at=at),
        lambda: lifecycle.let_go(gone, client=client, actor=KIM, at=at),
    )
    return {"ended": ended, "records": books.ConditionRecord.objects.of_client(client).count()}


def a_return(client: books.Client, at: datetime) -> dict[str, Any]:
    """Two owners bring the server back."""
    ended = together(
        *(
            partial(_bring_back, lifecycle.Person(name, "All is done"), client, at)
            for name in ("Kim", "Ann")
        )
    )
    rows = books.LifecycleEntry.objects.of_client(client).filter(kind="reinstated")
    return {"ended": ended, "entries": rows.count()}


def _bring_back(person: lifecycle.Person, client: books.Client, at: datetime) -> object:
    return lifecycle.reinstate(client=client, asset=SRV1, person=person, actor=KIM, at=at)


def an_invoice(client: books.Client, at: datetime) -> dict[str, Any]:
    """The same draft is issued by two people under two keys."""
    span = {"first": date(2007, 4, 1), "end": date(2007, 5, 1)}
    draft = invoices.draft(client=client, **span, actor=KIM, at=at)
    ended = together(
        *(
            partial(invoices.issue, draft, client=client, key=key, actor=KIM, at=at)
            for key in ("one", "two")
        )
    )
    return {"ended": ended, "issued": books.Issued.objects.filter(client=client).count()}


def a_dispute(client: books.Client, at: datetime) -> dict[str, Any]:
    """One rejects it, the other settles it with a credit."""
    line = books.IssuedLine.objects.filter(document__client=client, amount_minor__gt=5000).order_by(
        "pk"
    )[0]
    pat = client_speaker(client.contacts.get(code="PAT"), at)
    raised = Raised(DisputeSubject.LINE, line.ref, "Not ours", pat)
    row = disputes.open_dispute(raised, client=client, actor=KIM, at=at)
    given = (
        Given(DisputeOutcome.REJECTED, "It was agreed."),
        Given(DisputeOutcome.SETTLED, "We meet half-way.", Money.of("50.00", "USD")),
    )
    shown = [disputes.foreseen(row, one, actor=KIM, at=at).minor for one in given]
    ended = together(
        *(
            partial(disputes.answer, row, one, minor, actor=KIM, at=at)
            for one, minor in zip(given, shown, strict=True)
        )
    )
    notes = books.Issued.objects.filter(client=client, kind="credit note").count()
    outcome = disputes.standing_of(row.ref, client).to_core().answer
    return {"ended": ended, "notes": notes, "outcome": outcome.outcome.value if outcome else ""}


def two_incidents(first: books.Client, second: books.Client, at: datetime) -> dict[str, Any]:
    """A server of each of two clients stops working at the same instant.

    Whoever has read a number waits for the other to read one too, in vain where only one may read at a time.
    """
    told = Reported("SRV1", "It does not start", at)
    read, both = incidents._next_ref, threading.Barrier(2)  # noqa: SLF001 - between its read and its write

    def slowly() -> str:
        ref = read()
        with suppress(threading.BrokenBarrierError):
            both.wait(2)
        return ref

    with mock.patch.object(incidents, "_next_ref", slowly):
        ended = together(
            *(
                partial(incidents.report, told, client=client, actor=ALEX, at=at)
                for client in (first, second)
            )
        )
    rows = books.Incident.objects.filter(title=told.title).values_list("ref", flat=True)
    return {"ended": ended, "refs": sorted(rows)}


def main() -> None:
    """This function will do it, on the books of two scenarios."""
    migrate()
    dead = {
        "effect": Doomed(killed.in_the_middle_of_an_effect),
        "before": Doomed(killed.before_the_hand_over),
        "after": Doomed(killed.after_the_hand_over),
    }
    harbor = as_far_as("09-suspension-letter.yaml", datetime(2007, 3, 2, 2, 0, tzinfo=UTC)).client
    early = OFF - timedelta(days=3)
    told: dict[str, Any] = {
        "effect": dead["effect"].takes_its_turn(early.isoformat()),
        "left of it": books.LifecycleEntry.objects.count(),
        "worker": a_worker(harbor, early),
        "letter": a_letter(),
    }
    told["suspension"] = a_worker(harbor, OFF)
    other = {"Harbor Dental": "Quay Dental", "harbor.example": "quay.example", "HARBOR": "QUAY"}
    quay = as_far_as("12-the-way-back.yaml", NOON, "condition: fee", renamed=other).client
    for name, race in (
        ("condition", a_condition),
        ("return", a_return),
        ("invoice", an_invoice),
        ("dispute", a_dispute),
    ):
        told[name] = race(quay, NOON)
    told["incidents"] = two_incidents(harbor, quay, NOON)
    with letterbox() as box:
        settings.GROUNDRULES_MAIL = box.url
        for number, name in enumerate(("before", "after")):
            at = NOON + timedelta(days=2 * number)
            told[name] = killed.a_letter_and(dead[name], name, harbor, box, at)
    print(json.dumps(told))  # noqa: T201 - its answer


main()
