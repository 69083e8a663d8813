"""The letter that brings a vendor its rules of engagement: from the newest version, reviewed like every letter."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from groundrules.core.letters.draft_agency import Rules, draft_rules_of_engagement
from groundrules.core.letters.facts import Correspondence
from groundrules.core.vendors.rules_library import RulesIncomplete, said_in
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services.access.rules import reads_of, standing_of
from groundrules.services.actor import Actor, require
from groundrules.services.letter_texts import own_texts
from groundrules.services.letters import keep_draft


def draft_rules_letter(
    vendor: books.Vendor, *, client: books.Client, actor: Actor, at: datetime
) -> books.LetterDraft:
    """This function will draft the letter with the newest version of a vendor's rules; nothing is sent.

    Raises RulesIncomplete while none is published, or where a promise has no words in the vendor's language.
    """
    require(actor, Role.TECHNICIAN)
    newest = standing_of(client, vendor, at).rules
    if newest is None:
        message = f"no rules are published for {vendor.name} at {client.name}; publish them first"
        raise RulesIncomplete(message)
    language = reads_of(client, vendor)
    said = said_in(newest.clauses, language)
    provider = books.Provider.objects.order_by("pk")[0].to_core()
    paper = Correspondence(
        provider,
        client.to_core(),
        client.zone,
        vendor.name,
        provider.name,
        language=language,
        texts=own_texts(at),
    )
    rules = Rules(newest.version, said, settings.GROUNDRULES_DECIDE_WITHIN)
    draft = draft_rules_of_engagement(vendor.to_core(), rules, paper)
    return keep_draft(draft, client=client, actor=actor, at=at)
