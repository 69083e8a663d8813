"""The columns every fact row has, made from the value it keeps."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from groundrules.records.typed_json import digest_of, dump
from groundrules.services.actor import Actor


def fact_columns(value: object, ref: str, actor: Actor, at: datetime) -> dict[str, Any]:
    """This function will return reference, text, digest, and who wrote the row when."""
    payload = dump(value)
    return {
        "ref": ref,
        "payload": payload,
        "digest": digest_of(payload),
        "recorded_at": at,
        "recorded_by": actor.label,
    }
