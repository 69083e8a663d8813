"""dnf's history database: transactions with the login uid of whoever started them, which survives sudo.

Tables as libdnf creates them (libdnf/transaction/sql/create.sql): `trans`, `trans_item`, `rpm`. The bytes are opened in
memory and only read; a database that cannot be read is damage.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from groundrules.core.evidence import Action, Actor, ItemKind, Observation, Reading
from groundrules.readers.context import ReadingContext
from groundrules.readers.linux.packages import in_words, native_architecture, package_key
from groundrules.readers.linux.tally import Tally
from groundrules.readers.linux.wall_clock import from_epoch

READER = "dnf-history/1"
ACTIONS: Mapping[int, Action] = {
    1: Action.ADDED,
    2: Action.ALTERED,
    6: Action.ALTERED,
    8: Action.REMOVED,
    9: Action.ALTERED,
}
NAMES: Mapping[int, str] = {
    1: "install",
    2: "downgrade",
    3: "downgraded",
    4: "obsolete",
    5: "obsoleted",
    6: "upgrade",
    7: "upgraded",
    8: "remove",
    9: "reinstall",
    10: "reinstalled",
    11: "reason change",
}
OLD_HALF = frozenset({3, 7, 10})
DONE = 1
NO_LOGIN = 4294967295
JOURNAL_MODE = slice(18, 20)
QUERY = """
SELECT trans.id, trans_item.id, trans.dt_begin, trans.dt_end, trans.user_id, trans.cmdline, trans.state,
       trans_item.state, trans_item.action, rpm.name, rpm.epoch, rpm.version, rpm.release, rpm.arch
FROM trans JOIN trans_item ON trans_item.trans_id = trans.id JOIN rpm ON rpm.item_id = trans_item.item_id
ORDER BY trans.id, trans_item.id
"""


@dataclass(frozen=True, slots=True)
class _Row:
    transaction: int
    item: int
    began: object
    ended: object
    user: object
    command: object
    state: object
    item_state: object
    action: int
    name: str
    epoch: object
    version: str
    release: str
    architecture: str

    @property
    def full_version(self) -> str:
        """Epoch (when there is one), version and release, as rpm writes them."""
        written = f"{self.version}-{self.release}"
        return f"{self.epoch}:{written}" if self.epoch else written


def read_dnf_history(raw: bytes, context: ReadingContext) -> Reading:
    """This function will read dnf's history.sqlite into package observations with the login uid behind them."""
    tally = Tally(READER, context)
    try:
        rows = list(_rows(raw))
    except (sqlite3.Error, OverflowError) as error:
        tally.damage("database", f"cannot be read as dnf's history: {error}")
        return tally.reading()
    native = native_architecture(
        (f"{row.name}:{row.architecture}" for row in rows), context.architecture
    )
    replaced = {
        (row.transaction, row.name, row.architecture): row for row in rows if row.action in OLD_HALF
    }
    for row in rows:
        if row.action not in NAMES:
            tally.unknown(f"dnf/action {row.action}")
            continue
        moments = _moment(row.began), _moment(row.ended)
        if row.action in ACTIONS and moments[0] is None:
            tally.damage(
                f"transaction {row.transaction}", f"begins at {row.began!r}, which is no time"
            )
            continue
        tally.known(f"dnf/{NAMES[row.action]}")
        if row.action in ACTIONS and moments[0] is not None:
            old = replaced.get((row.transaction, row.name, row.architecture))
            tally.observations.append(
                _observation(tally, row, old, (moments[0], moments[1]), native)
            )
    return tally.reading()


def _rows(raw: bytes) -> Iterator[_Row]:
    if len(raw) < JOURNAL_MODE.stop:
        message = "too short to be a database"
        raise sqlite3.DatabaseError(message)
    # A copy in memory has no write-ahead log beside it; the header must not ask for one.
    copied = bytearray(raw)
    copied[JOURNAL_MODE] = b"\x01\x01"
    with closing(sqlite3.connect(":memory:")) as database:
        database.text_factory = lambda text: text.decode("utf-8", "replace")
        database.deserialize(bytes(copied))
        for row in database.execute(QUERY):
            yield _Row(*row)


def _moment(seconds: object) -> datetime | None:
    return from_epoch(seconds) if isinstance(seconds, int) and seconds > 0 else None


def _observation(
    tally: Tally,
    row: _Row,
    old: _Row | None,
    moments: tuple[datetime, datetime | None],
    native: str,
) -> Observation:
    action = ACTIONS[row.action]
    key = package_key(f"{row.name}:{row.architecture}", native)
    before = row.full_version if action is Action.REMOVED else (old.full_version if old else None)
    after = None if action is Action.REMOVED else row.full_version
    known = isinstance(row.user, int) and row.user not in {NO_LOGIN, -1}
    return Observation(
        asset=tally.context.asset,
        kind=ItemKind.PACKAGE,
        key=key,
        action=action,
        at=moments[0],
        citation=tally.cite(f"{row.transaction}:{row.item}"),
        before=before,
        after=after,
        actor=Actor(identifier=str(row.user) if known else "", process="dnf"),
        recorded_at=moments[1] if moments[1] != moments[0] else None,
        succeeded=(row.state, row.item_state) == (DONE, DONE),
        summary=in_words(key, action, before, after)
        + (f" by {row.command!r}" if row.command else ""),
        correlation=f"dnf|{tally.context.asset}|{row.transaction}|{moments[0].isoformat()}",
    )
