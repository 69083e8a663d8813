"""Bytes that leave the house, frozen under their SHA-256; the same bytes twice are one row."""

from __future__ import annotations

import hashlib
from datetime import datetime

from groundrules.records.models import FrozenFile
from groundrules.services.actor import Actor


def freeze(content: bytes, media_type: str, *, actor: Actor, at: datetime) -> FrozenFile:
    """This function will keep bytes as they are; call it inside the verb's transaction."""
    digest = hashlib.sha256(content).hexdigest()
    known = FrozenFile.objects.filter(digest=digest).first()
    return known or FrozenFile.objects.create(
        recorded_at=at,
        recorded_by=actor.label,
        digest=digest,
        media_type=media_type,
        content=content,
    )
