"""Who made each change while every server has a login and a run of ours open: `python -m benchmarks.weigh_speed`.

As many changes as servers (`--servers 250,500,1000,4000`), one on each within the same minute; each server has an
account of its own. CPU seconds of one weighing of all.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from time import process_time

from groundrules.core.attribution.context import AttributionContext
from groundrules.core.attribution.weigh import weigh_all
from groundrules.core.changes import Change
from groundrules.core.evidence import Action, ItemKind, Session, SessionKind
from groundrules.core.ids import AssetId, ChangeId, SessionId
from groundrules.core.parties import Account, Party, PartyKind
from groundrules.core.periods import Interval, Period
from groundrules.core.work import OwnRun

_BEGAN = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
_OURS = Party(PartyKind.PROVIDER, "MSP", "Groundwork IT")


def main() -> None:
    """This function will print what weighing takes for each number of servers."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--servers", default="250,500,1000,4000")
    for count in map(int, arguments.parse_args().servers.split(",")):
        changes, context = made(count)
        began = process_time()
        found = weigh_all(changes, context)
        print(
            f"{count:>6,} servers: {process_time() - began:6.2f} CPU s, "
            f"{sum(len(one.hypotheses) for one in found):,} alternatives",
            flush=True,
        )


def made(count: int) -> tuple[list[Change], AttributionContext]:
    """So many servers, each with an account, a login, a run of ours and a change."""
    hosts = [AssetId(f"SRV{number:05}") for number in range(count)]
    context = AttributionContext(
        zone="Europe/Berlin",
        provider=_OURS,
        sessions=tuple(_login(host, number) for number, host in enumerate(hosts)),
        accounts=tuple(Account(f"admin-{host}", _OURS, host=host) for host in hosts),
        own_runs=tuple(_run(host) for host in hosts),
    )
    return [_change(host) for host in hosts], context


def _login(host: AssetId, number: int) -> Session:
    began = _BEGAN + timedelta(seconds=number % 600)
    ended = _BEGAN + timedelta(hours=4)
    return Session(SessionId(f"S-{host}"), host, f"admin-{host}", began, ended, SessionKind.REMOTE)


def _run(host: AssetId) -> OwnRun:
    return OwnRun(f"RUN-{host}", host, Period(_BEGAN, _BEGAN + timedelta(hours=3)), "patch run")


def _change(host: AssetId) -> Change:
    at = Interval.exactly(_BEGAN + timedelta(hours=2))
    return Change(ChangeId(f"C-{host}"), host, ItemKind.PACKAGE, "openssl", Action.ALTERED, at)


if __name__ == "__main__":
    main()
