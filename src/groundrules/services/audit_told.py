"""What an entry of the audit book says was before and after, and why, whichever verb wrote it.

Cards write each field that changed as a pair; other verbs write `before`, `after` and `reason`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_PAIRED = "cards."
_PAIR = 2


@dataclass(frozen=True, slots=True)
class ToldChange:
    """What was, what is, and why, each in words; empty where the entry says nothing of it."""

    before: str
    after: str
    reason: str

    @property
    def sentence(self) -> str:
        """This function will say it in one line, or nothing."""
        change = f"{self.before or 'nothing'} -> {self.after or 'nothing'}"
        has_change = bool(self.before or self.after)
        return "; ".join(part for part in (change if has_change else "", self.reason) if part)


def change_told(verb: str, details: object) -> ToldChange:
    """This function will read before, after and reason from an entry's details, as its verb writes them."""
    if not isinstance(details, dict):
        return ToldChange("", "", "")
    reason = str(details.get("reason") or "")
    if "before" in details or "after" in details:
        sides = (details.get("before"), details.get("after"))
        return ToldChange(_said(sides[0]), _said(sides[1]), reason)
    pairs = {name: told for name, told in details.items() if _is_pair(told)}
    if not verb.startswith(_PAIRED) or not pairs:
        return ToldChange("", "", reason)
    was_there = any(told[0] is not None for told in pairs.values())
    if not was_there:
        return ToldChange("", _fields({n: t[1] for n, t in pairs.items() if t[1]}), reason)
    was, now = ({n: t[side] for n, t in pairs.items()} for side in (0, 1))
    return ToldChange(_fields(was), _fields(now), reason)


def _is_pair(told: object) -> bool:
    return (
        isinstance(told, list)
        and len(told) == _PAIR
        and all(one is None or isinstance(one, str) for one in told)
    )


def _fields(told: Mapping[str, Any]) -> str:
    kept = {name: value for name, value in told.items() if value not in (None, "None")}
    return "; ".join(
        f"{name.replace('_', ' ')}: {value or 'nothing'}" for name, value in kept.items()
    )


def _said(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, dict) and all(isinstance(one, str) for one in value.values()):
        return _fields(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
