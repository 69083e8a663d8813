"""Events for the tests of the store: two clients' worth of an ordinary hour, the same every time."""

from __future__ import annotations

import hashlib
import random

from groundrules.core.events import HOUR, SECOND, Event, Span

BEGIN = 1_172_163_600 * SECOND  # 2007-02-22 17:00 UTC
WHOLE = Span("harbor", BEGIN, BEGIN + 2 * HOUR)
LOGON = "Microsoft-Windows-Security-Auditing/4624"
TYPES = (LOGON, "MSSQLSERVER/18456", "syslog/sshd", "audit/USER_LOGIN")
ODD_TEXTS = (
    '{"a":"ä€🔑"}',
    "",
    "tab\tand\nline",
    "it's 100 % \\ quoted",
    "\N{REPLACEMENT CHARACTER}",
)


def evidence(number: int) -> str:
    """This function will make up a digest."""
    return hashlib.sha256(str(number).encode()).hexdigest()


def hours_of_events(count: int = 900, seed: int = 7) -> list[Event]:
    """This function will make events of five assets in two hours, many at the same microsecond."""
    dice = random.Random(seed)  # noqa: S311 - examples, not secrets
    return [
        Event(
            asset=f"SRV{dice.randrange(5)}",
            at=BEGIN + dice.randrange(2 * 3600) * SECOND,
            type=dice.choice(TYPES),
            channel=dice.choice(("Security", "Application", "syslog")),
            record=dice.choice((0, number, (1 << 63) - 1)),
            position=number + 1,
            evidence=evidence(number % 3),
            payload=dice.choice(ODD_TEXTS),
        )
        for number in range(count)
    ]
