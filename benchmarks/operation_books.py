"""A program of `operation_cost`: makes a technician's user in books that were begun, and prints a token of theirs."""

from __future__ import annotations

from django.utils import timezone

from groundrules.cli.main import start_database

start_database()

from groundrules.records.models import Technician, User  # noqa: E402 - records exist only once Django is started
from groundrules.services import scopes, tokens, users  # noqa: E402 - as above
from groundrules.services.actor import Actor  # noqa: E402 - as above
from tests.cast import OLGA, TARIQ  # noqa: E402 - as above


def main() -> None:
    """Make them, and print."""
    at = timezone.now()
    technician = Technician.objects.order_by("pk")[0]
    users.let_in(
        email=TARIQ.label,
        name="Tariq",
        role=TARIQ.role,
        technician=technician.code,
        actor=OLGA,
        at=at,
    )
    user = User.objects.get(email=TARIQ.label)
    reach = [scope.name for scope in scopes.open_to(TARIQ.role)]
    print(tokens.make(tokens.Wanted("bench", reach), user=user, actor=Actor.of(user), at=at)[1])


if __name__ == "__main__":
    main()
