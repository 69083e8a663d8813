"""A first agreement from answers into the books: the client, its contact and servers, and version 1, proven.

Nothing is half done: either everything is in the books or nothing is.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.db import transaction

from groundrules.core.world import World
from groundrules.records import models as books
from groundrules.services import agreements, cards, cases
from groundrules.services.actor import Actor, require
from groundrules.services.clause_library import Answered, Draft, draft


class ClientExists(ValueError):
    """A client with this name has a card already; write the next version of its agreement instead."""


def draft_world(answered: Answered) -> tuple[Draft, World]:
    """This function will draft a first agreement and read back the world it makes; raises DraftRefused."""
    drafted = draft(answered)
    checked = cases.check_case(drafted.text.encode(), Path("first-agreement.yaml"))
    return drafted, checked.case.world


def publish_first(answered: Answered, *, actor: Actor, at: datetime) -> books.AgreementVersion:
    """This function will keep the cards of a first agreement and publish its version; owners only.

    An installation keeps the provider it has. Raises DraftRefused, ClientExists, and the core's BackdatedVersion for a
    day that has begun.
    """
    require(actor)
    _, world = draft_world(answered)
    if books.Client.objects.filter(code=world.client.id).exists():
        message = f"{world.client.name} is a client already; open it and write the next version of its agreement"
        raise ClientExists(message)
    with transaction.atomic():
        if not books.Provider.objects.exists():
            cards.keep(world.provider, actor=actor, at=at)
        client = cards.keep_client(world.client, actor=actor, at=at)
        cards.keep_all(world.assets, actor=actor, at=at, client=client)
        agreement = world.agreement
        card = agreements.open_agreement(client, agreement.id, agreement.title, actor=actor, at=at)
        version = replace(agreement.versions[0], signed_at=at)
        row = agreements.draft(card, version, actor=actor, at=at)
        return agreements.publish(row, actor=actor, at=at)
