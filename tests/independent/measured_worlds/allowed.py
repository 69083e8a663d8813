"""Windows that vendors asked for, when they were approved and recorded, and what that made of an act."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from tests.independent.measured_worlds.estate import Entry
from tests.independent.measured_worlds.life import Act, Life, Visit
from tests.independent.measured_worlds.seen import said


class Allowances:
    """The access windows of a world, and whether an act lay in one that stood when it was made."""

    def __init__(self, rng: Random, life: Life, accounts: dict[int, str]) -> None:
        self.entries: list[Entry] = []
        self._spans: list[tuple[Visit, datetime, datetime, datetime]] = []
        self._accounts = accounts
        for visit in life.visits:
            if visit.person.party in life.estate.vendors and rng.random() < life.profile.approved:
                self._approve(rng, life, visit, accounts)

    def _approve(self, rng: Random, life: Life, visit: Visit, accounts: dict[int, str]) -> None:
        start = visit.start - timedelta(minutes=rng.uniform(5, 60))
        end = visit.end + timedelta(minutes=rng.uniform(5, 90))
        if rng.random() < 0.12:
            end = visit.start + (visit.end - visit.start) * rng.uniform(0.2, 0.8)
        approved = start - timedelta(hours=rng.uniform(1, 60))
        recorded = approved + timedelta(minutes=rng.uniform(0, 20))
        if rng.random() < life.profile.recorded_late:
            approved = recorded = visit.end + timedelta(hours=rng.uniform(1, 72))
        entry: Entry = {
            "id": f"WIN-{len(self.entries) + 1}",
            "asset": visit.server,
            "vendor": visit.person.party,
            "from": said(start),
            "to": said(end),
            "requested_at": said(min(approved, start) - timedelta(hours=2)),
            "approved_at": said(approved),
            "approved_by": "Office manager",
            "recorded_at": said(recorded),
            "reason": "Upkeep of the application",
        }
        if rng.random() < 0.25:
            entry["accounts"] = [accounts[visit.number]]
        self.entries.append(entry)
        self._spans.append((visit, start, end, recorded))

    def of(self, act: Act) -> str:
        """This function will say whether an act was allowed; provider and client need no window."""
        if not act.visit.person.party.startswith("V"):
            return "inside"
        allowed = any(
            visit.server == act.visit.server
            and visit.person.party == act.visit.person.party
            and start <= act.at < end
            and recorded <= act.at
            and self._accounts[visit.number] == self._accounts[act.visit.number]
            for visit, start, end, recorded in self._spans
        )
        return "inside" if allowed else "outside"
