"""Detects changes: what the logs say and what differs between snapshots, each thing once, into the book of changes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from groundrules.core.changes import Change, compare_series, from_observations, merge
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.filing import Filed, Filing, enter, file_facts


def detect(*, asset: books.Asset, actor: Actor, at: datetime) -> tuple[Filed, ...]:
    """This function will find every change on an asset that the evidence on record shows, and file the new ones.

    Detecting again is always safe: what is there already is left, a better dated or better explained change supersedes.
    """
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        found = changes_on(asset)
        filed = file_facts(found, Filing(asset.client, actor, at))
        new = [one for one in filed if one.new]
        if new:
            says = f"{len(new)} changes on {asset.code} entered the book"
            refs = {"changes": [one.row.ref for one in new[:1000]]}
            entry = audit.Entry("changes.detect", asset.code, says, asset.client, refs)
            audit.record(entry, actor=actor, at=at)
        return filed


def record(change: Change, *, client: books.Client, actor: Actor, at: datetime) -> books.Change:
    """This function will file a change that a person or a job of ours reports, rather than a log."""
    require(actor, Role.TECHNICIAN)
    filing = Filing(client, actor, at)
    row: books.Change = enter(change, "changes.record", change.sentence, filing).row
    return row


def changes_on(asset: books.Asset) -> tuple[Change, ...]:
    """This function will work out the changes of one asset from its observations and snapshots, writing nothing."""
    observations = (row.to_core() for row in asset.observations.current().order_by("observed_at"))
    snapshots = (row.to_core() for row in asset.snapshots.current().order_by("taken_at", "pk"))
    differences = compare_series(snapshots)
    return merge(differences, from_observations(observations))
