"""The scenarios moved to this week: every date of a case file and of the files it builds on, by whole weeks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

CASES = Path(__file__).resolve().parent / "cases"
_DATE = re.compile(r"\b(20\d\d-\d\d-\d\d)\b")
_ZONE = re.compile(r"(?<=\d) (?:PST|PDT)\b")
_BASE = re.compile(r"^base: (\S+)$", re.MULTILINE)
_EXPECTS = re.compile(r"^(?:at|expect|ask):.*\Z", re.MULTILINE | re.DOTALL)
_AS_IT_IS: Mapping[str, str] = {}


def move(
    name: str,
    told_at: date,
    folder: Path,
    without: tuple[str, ...] = (),
    renamed: Mapping[str, str] = _AS_IT_IS,
) -> Path:
    """Writes a case and its bases into a folder, moved so that `told_at` falls on the newest day like it by now.

    Lines with words of `without` are left out: what has not happened yet. `renamed` makes another client of it.
    """
    weeks = (datetime.now(tz=UTC).date() - told_at).days // 7
    queue = [name]
    while queue:
        one = queue.pop()
        text = (CASES / one).read_text()
        queue += _BASE.findall(text)
        told = [line for line in text.splitlines() if not any(words in line for words in without)]
        kept = _EXPECTS.sub("", "\n".join(told))
        for old, new in renamed.items():
            kept = kept.replace(old, new)
        (folder / one).write_text(_DATE.sub(lambda m: _later(m[1], weeks), _ZONE.sub("", kept)))
    return folder / name


def _later(day: str, weeks: int) -> str:
    return (date.fromisoformat(day) + timedelta(weeks=weeks)).isoformat()
