"""The letter that brings a vendor its rules of engagement: from the newest version, reviewed like every letter."""

from __future__ import annotations

from datetime import datetime

from groundrules.core.letters.draft_agency import Rules, draft_rules_of_engagement
from groundrules.core.letters.facts import Correspondence
from groundrules.core.letters.reader import language_for
from groundrules.core.vendors.rules import RulesIncomplete
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services.access.rules import standing_of
from groundrules.services.actor import Actor, require
from groundrules.services.letter_texts import own_texts
from groundrules.services.letters import keep_draft


def draft_rules_letter(
    vendor: books.Vendor, *, client: books.Client, actor: Actor, at: datetime
) -> books.LetterDraft:
    """This function will draft the letter with the newest version of a vendor's rules; nothing is sent.

    Raises RulesIncomplete while none is published.
    """
    require(actor, Role.TECHNICIAN)
    newest = standing_of(client, vendor, at).rules
    if newest is None:
        message = f"no rules are published for {vendor.name} at {client.name}; publish them first"
        raise RulesIncomplete(message)
    provider = books.Provider.objects.order_by("pk")[0].to_core()
    paper = Correspondence(
        provider,
        client.to_core(),
        client.zone,
        vendor.name,
        provider.name,
        language=language_for(vendor.name, client.to_core(), (vendor.to_core(),)),
        texts=own_texts(at),
    )
    rules = Rules(newest.version, tuple(clause.text for clause in newest.clauses))
    draft = draft_rules_of_engagement(vendor.to_core(), rules, paper)
    return keep_draft(draft, client=client, actor=actor, at=at)
