"""Who made a change: the engine proposes from the evidence on record; a person confirms or disputes, with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from groundrules.core.attribution.answers import Attribution
from groundrules.records import models as books
from groundrules.records.models import Role, Standing
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.facts import fact_columns
from groundrules.services.turns import take_turn
from groundrules.services.world import answer_for


class AttributionSuperseded(ValueError):
    """The attribution is no longer the one that stands; look at the newer one first."""


class ReasonMissing(ValueError):
    """A person's verdict on an attribution needs a reason."""


class NothingToConfirm(ValueError):
    """An attribution that names no party cannot be confirmed: a person's word is not evidence."""


class UnknownSpeaker(LookupError):
    """A reply names a party that is no vendor on record."""


class UnknownChange(LookupError):
    """No change with that reference has an attribution, or several clients have one."""


def standing_of(ref: str, client: str = "") -> books.Attribution:
    """This function will return the attribution of a change that stands now; raises UnknownChange."""
    rows = books.Attribution.objects.current().filter(ref=ref).select_related("client")
    found = list(rows.filter(client__code=client) if client else rows)
    if len(found) == 1:
        return found[0]
    problem = "several clients have it; add --client" if found else "no attribution of it stands"
    message = f"{ref}: {problem}"
    raise UnknownChange(message)


def propose(*, client: books.Client, actor: Actor, at: datetime) -> tuple[books.Attribution, ...]:
    """This function will weigh every change of a client and file what is new; returns the new rows."""
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        take_turn(client)
        return file_attributions(client, answer_for(client, at).attributions, actor=actor, at=at)


def file_attributions(
    client: books.Client, found: tuple[Attribution, ...], *, actor: Actor, at: datetime
) -> tuple[books.Attribution, ...]:
    """This function will file attributions that say something else than the ones that stand."""
    standing = {row.ref: row for row in books.Attribution.objects.of_client(client).current()}
    changes = {row.ref: row for row in books.Change.objects.of_client(client).current()}
    sessions = {row.ref: row for row in books.Session.objects.of_client(client).current()}
    with transaction.atomic():
        rows = [
            _row(value, changes[value.change], sessions, standing.get(value.change), actor, at)
            for value in found
            if _is_news(standing.get(value.change), value)
        ]
        books.Attribution.objects.bulk_create(rows)
        if rows:
            says = f"{len(rows)} attributions proposed"
            refs = {"changes": [row.ref for row in rows]}
            entry = audit.Entry("attribution.propose", client.code, says, client, refs)
            audit.record(entry, actor=actor, at=at)
    return tuple(rows)


def confirm(attribution: books.Attribution, *, reason: str, actor: Actor, at: datetime) -> Standing:
    """This function will note that a person stands behind an attribution that names a party.

    Raises NothingToConfirm, ReasonMissing or AttributionSuperseded.
    """
    if not attribution.names_party:
        message = f"{attribution.ref} names nobody ({attribution.strength}); collect evidence instead of confirming"
        raise NothingToConfirm(message)
    return _stand(attribution, Word(Standing.CONFIRMED, reason), actor, at)


def dispute(attribution: books.Attribution, *, reason: str, actor: Actor, at: datetime) -> Standing:
    """This function will note that a person (or a vendor, through one) disputes an attribution, and why.

    Raises ReasonMissing or AttributionSuperseded.
    """
    return _stand(attribution, Word(Standing.DISPUTED, reason), actor, at)


def expect(attribution: books.Attribution, *, reason: str, actor: Actor, at: datetime) -> Standing:
    """This function will note that a change was expected, and why; it allows nothing that was not allowed.

    Raises ReasonMissing or AttributionSuperseded.
    """
    return _stand(attribution, Word(Standing.EXPECTED, reason), actor, at)


def reply(
    attribution: books.Attribution, *, vendor: str, reason: str, actor: Actor, at: datetime
) -> Standing:
    """This function will put a vendor's own answer beside an attribution, in the vendor's name.

    Raises UnknownSpeaker, ReasonMissing or AttributionSuperseded.
    """
    if not books.Vendor.objects.filter(code=vendor).exists():
        message = f"{vendor or 'nobody'} is no vendor on record; name the vendor whose reply it is"
        raise UnknownSpeaker(message)
    return _stand(attribution, Word(Standing.REPLY, reason, vendor), actor, at)


@dataclass(frozen=True, slots=True)
class Word:
    """What is said about an attribution, why, and in whose name (empty: our own)."""

    verdict: str
    reason: str
    speaker: str = ""

    @property
    def sentence(self) -> str:
        """The word for the audit entry."""
        return (
            f"{self.verdict}{f' of {self.speaker}' if self.speaker else ''}: {self.reason.strip()}"
        )


def _stand(attribution: books.Attribution, word: Word, actor: Actor, at: datetime) -> Standing:
    require(actor, Role.TECHNICIAN)
    if not word.reason.strip():
        message = f"{attribution.ref} cannot be {word.verdict} without a reason"
        raise ReasonMissing(message)
    with transaction.atomic():
        if books.Attribution.objects.filter(supersedes=attribution).exists():
            message = f"a newer attribution of {attribution.ref} stands; look at it first"
            raise AttributionSuperseded(message)
        voice = Standing.objects.filter(attribution=attribution, speaker=word.speaker)
        row = Standing.objects.create(
            recorded_at=at,
            recorded_by=actor.label,
            attribution=attribution,
            verdict=word.verdict,
            reason=word.reason.strip(),
            speaker=word.speaker,
            supersedes=voice.filter(successor__isnull=True).order_by("pk").last(),
        )
        says = f"attribution of {attribution.ref} {word.sentence}"
        entry = audit.Entry(
            f"attribution.{word.verdict}", attribution.ref, says, attribution.client
        )
        audit.record(entry, actor=actor, at=at)
    return row


def _is_news(standing: books.Attribution | None, value: Attribution) -> bool:
    return standing is None or verdict_of(standing.to_core()) != verdict_of(value)


def verdict_of(value: Attribution) -> tuple[object, ...]:
    """This function will return what an attribution says, without who else was looked at and ruled out.

    A login months away joins the list of the ruled out; that alone is no reason to write every attribution anew.
    """
    permission = (value.permission.permission, value.permission.window)
    possible = frozenset(h.label for h in value.hypotheses if not h.rejected)
    named = (value.party, value.account, value.session)
    return (value.strength, value.level, *named, *permission, value.capped_by, possible)


def _row(
    value: Attribution,
    change: books.Change,
    sessions: dict[str, books.Session],
    supersedes: books.Attribution | None,
    actor: Actor,
    at: datetime,
) -> books.Attribution:
    return books.Attribution(
        **fact_columns(value, value.change, actor, at),
        client=change.client,
        supersedes=supersedes,
        change=change,
        session=sessions.get(value.session) if value.session else None,
        strength=value.strength.value,
        level=value.level.value,
        grade=value.grade,
        names_party=value.names_party,
        party_kind=value.party.kind.value if value.party else "",
        party_code=value.party.id if value.party else "",
        account=value.account,
        permission=value.permission.permission.value,
    )
