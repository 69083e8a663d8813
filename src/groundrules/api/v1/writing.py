"""Writing through the interface: once per idempotency key, over a known state where one is replaced."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Header, Schema
from ninja.responses import NinjaJSONEncoder
from pydantic import AfterValidator, ConfigDict, StringConstraints

from groundrules.api.problems import problem
from groundrules.api.v1.door import bearer_of, tag_of
from groundrules.core.plain_text import is_one_line
from groundrules.services.answered import Answer, Asked, once

_JSON = "application/json; charset=utf-8"
_PROBLEM = "application/problem+json"


class StateChanged(ValueError):
    """What was to be replaced is no longer as the program read it."""


class StateMissing(ValueError):
    """What is to be replaced was not named with If-Match."""


def _sayable(text: str) -> str:
    """PostgreSQL keeps no NUL, and a lone surrogate is no character."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        message = "holds a NUL or half a character"
        raise ValueError(message)
    return text


def _on_one_line(text: str) -> str:
    """Codes, names and what a line of an invoice is about: lists, letters and logs show each on one line."""
    if not is_one_line(text):
        message = "holds a control character or a line break; write it on one line"
        raise ValueError(message)
    return text


Word = Annotated[
    str, StringConstraints(max_length=120), AfterValidator(_sayable), AfterValidator(_on_one_line)
]
Words = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(_sayable)]
Key = Annotated[
    str,
    Header(
        ...,
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,120}$",
        description="A text of your own for this one act, such as a UUID; the same again is answered the same.",
    ),
]

IfMatch = Annotated[
    str,
    Header(
        "",
        alias="If-Match",
        max_length=400,
        description="The ETag of what you read and replace.",
    ),
]


class Body(Schema):
    """What every body has in common: unknown members are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class Refused(Exception):
    """What was to be done was refused, and that it was is itself on record: the answer is kept under the key."""

    def __init__(self, status: HTTPStatus, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code = status, code


Act = Callable[[], tuple[HTTPStatus, Schema]]


def do_once(request: HttpRequest, key: str, act: Act, body: bytes | None = None) -> HttpResponse:
    """This function will carry a request out under its key, or give the answer it was given before."""
    sent = request.body if body is None else body
    about = f"{request.method} {request.get_full_path()}\n{hashlib.sha256(sent).hexdigest()}"
    asked = Asked(bearer_of(request).token, key, hashlib.sha256(about.encode()).hexdigest())
    answer = once(asked, lambda: _answered(act), at=timezone.now())
    kind = _PROBLEM if answer.status >= HTTPStatus.BAD_REQUEST else _JSON
    given = HttpResponse(answer.body, status=answer.status, content_type=kind)
    if answer.etag:
        given.headers["ETag"] = answer.etag
    if answer.was_known:
        given.headers["Idempotency-Replayed"] = "true"
    return given


def _answered(act: Act) -> Answer:
    try:
        status, shape = act()
    except Refused as refused:
        told = problem(refused.status, refused.code, str(refused))
        return Answer(refused.status, told.content.decode())
    written = written_as(shape)
    return Answer(status, written.decode(), tag_of(written))


def written_as(shape: Schema) -> bytes:
    """This function will write a shape exactly as reading it gives it."""
    return json.dumps(shape.model_dump(), cls=NinjaJSONEncoder).encode()


def check_state(named: str, now: Schema) -> None:
    """This function will refuse to replace what is not as the program read it; raises StateMissing or StateChanged."""
    if not named:
        message = "say what you replace: send the ETag you read as If-Match"
        raise StateMissing(message)
    if tag_of(written_as(now)) not in {one.strip() for one in named.split(",")}:
        message = "it was changed since you read it; read it again, then decide"
        raise StateChanged(message)


def fields(shape: Any) -> dict[str, Any]:  # noqa: ANN401 - any shape, as a dictionary of anything
    """This function will return a shape's members."""
    return dict(shape.model_dump())
