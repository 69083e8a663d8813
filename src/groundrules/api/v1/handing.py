"""Handing evidence in: files as they were taken from a host, and what another program saw of an application."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from pydantic import AfterValidator, StringConstraints

from groundrules.api.problems import problem
from groundrules.api.v1.clients import asset_of
from groundrules.api.v1.door import bearer_of, needs
from groundrules.api.v1.incidents import CheckShape, check_shape
from groundrules.api.v1.paging import Code, Instant, one
from groundrules.api.v1.writing import Body, Key, Refused, Word, Words, do_once
from groundrules.records import models as books
from groundrules.services.evidence import EvidenceQuarantined, Handed, receive
from groundrules.services.health import report_look

router = Router(tags=["evidence"])
_WRITE = needs("evidence:write")
_LARGEST = 64 << 20


def _file_name(text: str) -> str:
    """A name people read: never a path, never something that breaks a line."""
    if not text.isprintable() or "/" in text or "\\" in text:
        message = "write a plain file name"
        raise ValueError(message)
    return text


FileName = Annotated[
    str, StringConstraints(min_length=1, max_length=255), AfterValidator(_file_name)
]


class FileAsked(Schema):
    """What the file is, and which server it is from."""

    client: Code = Field(min_length=1, description="The client's code.")
    asset: Code = Field(min_length=1, description="The server's code.")
    name: FileName = Field(description="What the file is called, such as Security.evtx.")
    format: Code = Field("", description="One of the readers' formats; else found by content.")


class ReceivedShape(Schema):
    """A file on record, and what its reader found in it."""

    digest: str
    name: str
    format: str
    length: int
    was_known: bool
    filed: dict[str, int]


class Look(Body):
    """What was seen of an application."""

    client: Word = Field(min_length=1)
    application: Word = Field(min_length=1)
    healthy: bool
    seen_at: Instant
    signature: Words = Field("", description="What was wrong, in the check's own words.")


_FILE = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/evidence-files", auth=_WRITE, response={201: ReceivedShape}, openapi_extra=_FILE)
def hand_in_file(request: HttpRequest, key: Key, asked: Query[FileAsked]) -> HttpResponse:
    """Hand in one file of at most 64 MiB, its bytes as the body. Larger ones go by the collector or the command."""
    raw = request.read(_LARGEST + 1)
    if len(raw) > _LARGEST:
        detail = f"the file is larger than {_LARGEST} bytes; use groundrules evidence receive"
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", detail)
    asset = asset_of(request, asked.client, asked.asset)

    def act() -> tuple[HTTPStatus, Schema]:
        handed = Handed(raw, asked.name, asked.format, asset.code, asset.client.code)
        try:
            taken = receive(handed, actor=bearer_of(request).actor, at=timezone.now())
        except EvidenceQuarantined as refused:
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            raise Refused(status, "quarantined", str(refused)) from refused
        row = taken.evidence
        return HTTPStatus.CREATED, ReceivedShape(
            digest=row.digest,
            name=row.name,
            format=row.format,
            length=row.length,
            was_known=taken.was_known,
            filed=taken.filed,
        )

    return do_once(request, key, act, raw)


@router.post("/health-checks", auth=_WRITE, response={201: CheckShape})
def report_health_check(request: HttpRequest, key: Key, body: Look) -> HttpResponse:
    """Report what another program saw of an application: well or not, and in which words."""

    def act() -> tuple[HTTPStatus, Schema]:
        bearer = bearer_of(request)
        rows = books.Application.objects.select_related("client", "asset")
        rows = rows.filter(client__in=bearer.clients())
        found = one(rows, "application", client__code=body.client, code=body.application)
        row = report_look(
            found,
            healthy=body.healthy,
            seen_at=body.seen_at,
            signature=body.signature,
            actor=bearer.actor,
            at=timezone.now(),
        )
        return HTTPStatus.CREATED, check_shape(row)

    return do_once(request, key, act)
