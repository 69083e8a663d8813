"""`POST /api/v1/gate/turn`: a Windows host answers what it was told to do, and fetches what is due there now."""

from __future__ import annotations

import json
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.utils import timezone

from groundrules.api.door import door
from groundrules.api.problems import problem
from groundrules.services.gate import HostNotKnown, KeyMissing, KeyUnusable, Told, turn

_LARGEST = 1 << 16
_LONGEST = 500
_FACTS = 20
_BEARER = "Bearer "


class TurnMalformed(ValueError):
    """The body is not what a host sends."""


@door("POST")
def gate_turn(request: HttpRequest) -> HttpResponse:
    """This view will take a host's answers and return the signed actions that are due, oldest first."""
    token = request.headers.get("Authorization", "")
    if not token.startswith(_BEARER):
        detail = "say the host's token: Authorization: Bearer TOKEN"
        return problem(HTTPStatus.UNAUTHORIZED, "not-trusted", detail)
    try:
        answers = _answers(_body(request))
        actions = turn(token.removeprefix(_BEARER).strip(), answers, at=timezone.now())
    except (TurnMalformed, UnreadablePostError) as refused:
        return problem(HTTPStatus.BAD_REQUEST, "malformed", str(refused))
    except HostNotKnown as refused:
        return problem(HTTPStatus.UNAUTHORIZED, "not-trusted", str(refused))
    except (KeyMissing, KeyUnusable):
        detail = "the server cannot sign; its owner finds the reason in `groundrules gate hosts`"
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, "key", detail)
    return JsonResponse({"actions": list(actions)})


def _body(request: HttpRequest) -> bytes:
    body = request.read(_LARGEST + 1)
    if len(body) > _LARGEST:
        message = f"the body is larger than {_LARGEST} bytes"
        raise TurnMalformed(message)
    return body


def _answers(body: bytes) -> tuple[Told, ...]:
    try:
        said = json.loads(body)
        rows = said["answers"]
        return tuple(_told(row) for row in rows)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as odd:
        message = f'the body is no {{"answers": [{{"sequence", "facts", "refused"}}, ...]}}: {odd}'
        raise TurnMalformed(message) from odd


def _told(row: dict[str, object]) -> Told:
    sequence, facts, refused = row["sequence"], row.get("facts") or {}, row.get("refused") or ""
    if not isinstance(sequence, int) or not 0 < sequence < 1 << 53:
        message = "sequence is no number of an action"
        raise TurnMalformed(message)
    if not isinstance(facts, dict) or len(facts) > _FACTS:
        message = "facts is no object of a few names and texts"
        raise TurnMalformed(message)
    kept = {str(name)[:_LONGEST]: _plain(value) for name, value in facts.items()}
    return Told(sequence, kept, _plain(refused))


def _plain(value: object) -> str:
    """PostgreSQL keeps no NUL."""
    return str(value)[:_LONGEST].replace("\0", "")
