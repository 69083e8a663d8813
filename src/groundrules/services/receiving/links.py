"""A batch row as the link of a chain that the core judges."""

from __future__ import annotations

from groundrules.core.ids import AssetId
from groundrules.core.streams import Link
from groundrules.records.models import Batch


def link_of(batch: Batch, asset: AssetId) -> Link:
    """This function will return a batch's place in its stream, and its times."""
    return Link(
        asset,
        batch.stream,
        batch.sequence,
        batch.digest,
        batch.collected_at,
        batch.received_at,
        batch.boot,
    )
