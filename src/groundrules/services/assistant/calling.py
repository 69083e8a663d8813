"""One call of a tool: its arguments checked, the interface asked, and every foreign text marked as such."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from jsonschema import Draft202012Validator

from groundrules.services.assistant.tools import TOOLS, Tool

_USUALLY = 25
_LONGEST = 200_000
# What Groundrules itself writes; every other text may have come from a server's log, a vendor or a mail.
_OURS = frozenset(
    {
        *(
            "action",
            "acts_for",
            "agreement",
            "amount",
            "asset",
            "client",
            "clause",
            "clauses",
            "code",
        ),
        *(
            "currency",
            "decision",
            "end",
            "first",
            "kind",
            "language",
            "last_day",
            "local_day",
        ),
        *(
            "next",
            "number",
            "outcome",
            "outcomes",
            "ref",
            "refs",
            "role",
            "rule",
            "scopes",
            "state",
        ),
        *("strength", "superseded_by", "technician", "token", "verdict", "work_type", "zone"),
    }
)


class ToolRefused(ValueError):
    """There is no such tool, its arguments are not in their form, or the interface refused."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the interface, below `/api/v1/`."""

    method: str
    path: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """What the interface answered."""

    status: int
    body: bytes


Ask = Callable[[Question], Told]


def call(name: str, arguments: Mapping[str, Any], ask: Ask) -> str:
    """This function will call a tool and return its answer as JSON; raises ToolRefused in words for its user."""
    tool = TOOLS.get(name)
    if tool is None:
        message = f"there is no tool {name!r}; there are {', '.join(TOOLS)}"
        raise ToolRefused(message)
    _check(tool, arguments)
    told = ask(question_of(tool, arguments))
    answer = _parsed(told)
    if told.status >= HTTPStatus.BAD_REQUEST:
        detail = answer.get("detail") if isinstance(answer, dict) else None
        message = f"{detail or 'the interface refused'} ({told.status})"
        raise ToolRefused(message)
    text = json.dumps(marked(answer), ensure_ascii=False, indent=1)
    if len(text) > _LONGEST:
        message = "the answer is too long; ask for fewer (limit) or a shorter time"
        raise ToolRefused(message)
    return text


def question_of(tool: Tool, arguments: Mapping[str, Any]) -> Question:
    """This function will put a call as a question to the interface."""
    left = dict(arguments)
    path = tool.path
    for name in tuple(left):
        if f"{{{name}}}" in path:
            path = path.replace(f"{{{name}}}", quote(str(left.pop(name)), safe=""))
    if tool.writes:
        key = {"Idempotency-Key": uuid.uuid4().hex, "Content-Type": "application/json"}
        return Question("POST", path, json.dumps(left).encode(), key)
    if "limit" in tool.properties:
        left.setdefault("limit", _USUALLY)
    asked = {tool.renamed.get(name, name): str(value) for name, value in left.items()}
    query = urlencode({**tool.fixed, **asked})
    return Question("GET", f"{path}?{query}" if query else path, b"", {})


def marked(value: Any, name: str = "") -> Any:  # noqa: ANN401 - whatever JSON holds
    """This function will wrap every text that may have come from elsewhere, so that it is read as data."""
    if isinstance(value, dict):
        return {key: marked(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [marked(one, name) for one in value]
    if isinstance(value, str) and name not in _OURS and not name.endswith(("_at", "_from", "_to")):
        return {"untrusted_text": value} if value else value
    return value


def _check(tool: Tool, arguments: Mapping[str, Any]) -> None:
    faults = sorted(Draft202012Validator(tool.schema).iter_errors(dict(arguments)), key=str)
    if faults:
        where = ".".join(str(part) for part in faults[0].absolute_path)
        message = f"{tool.name}: {f'{where}: ' if where else ''}{faults[0].message}"
        raise ToolRefused(message[:500])
    if any("\0" in one or one in {".", ".."} for one in arguments.values() if isinstance(one, str)):
        message = f"{tool.name}: write codes and references as the answers give them"
        raise ToolRefused(message)


def _parsed(told: Told) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return json.loads(told.body)
    except ValueError as error:
        message = (
            f"the interface answered no JSON ({told.status}); is this the address of Groundrules?"
        )
        raise ToolRefused(message) from error
