"""`POST /api/v1/agents/enrol`: a collector with a token becomes an agent with a key."""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from groundrules.api.door import door
from groundrules.api.problems import problem
from groundrules.services.agents import (
    Enrolment,
    EnrolmentMalformed,
    EnrolmentRefused,
    enrol,
)

_LARGEST = 1 << 14
_FIELDS = ("token", "hostname", "machine_id_digest", "public_key", "software")


class BodyMalformed(ValueError):
    """The body is not the JSON object that enrolling needs."""


@door("POST")
def enrol_agent(request: HttpRequest) -> HttpResponse:
    """This view will enrol a collector and tell it its name, its stream and its zone."""
    try:
        agent = enrol(_said(request.read(_LARGEST + 1)), at=timezone.now())
    except (BodyMalformed, EnrolmentMalformed) as refused:
        return problem(HTTPStatus.BAD_REQUEST, "malformed", str(refused))
    except EnrolmentRefused as refused:
        return problem(HTTPStatus.FORBIDDEN, "token", str(refused))
    return JsonResponse(
        {
            "agent": agent.code,
            "stream": agent.stream,
            "zone": agent.asset.zone or agent.asset.client.zone,
            "next_sequence": 1,
        },
        status=HTTPStatus.CREATED,
    )


def _said(raw: bytes) -> Enrolment:
    if len(raw) > _LARGEST:
        message = f"the body is larger than {_LARGEST} bytes"
        raise BodyMalformed(message)
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError) as error:
        message = f"the body is not JSON: {error}"
        raise BodyMalformed(message) from error
    if not isinstance(said, dict) or not all(isinstance(said.get(name), str) for name in _FIELDS):
        message = f"the body must be an object with the texts {', '.join(_FIELDS)}"
        raise BodyMalformed(message)
    try:
        key = b64decode(said["public_key"], validate=True)
    except (binascii.Error, ValueError) as error:
        message = "public_key is not base64"
        raise BodyMalformed(message) from error
    return Enrolment(
        said["token"], said["hostname"], said["machine_id_digest"], key, said["software"]
    )
