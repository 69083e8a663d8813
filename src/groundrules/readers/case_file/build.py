"""A case file as written -> a world of the core's own values."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime

from groundrules.core.agreements.further_terms import DisputeTerms
from groundrules.core.changes import Change
from groundrules.core.disputes import Dispute, DisputeSide, answer_by
from groundrules.core.evidence import Session
from groundrules.core.ids import ComponentId
from groundrules.core.invoices.tax import Tax, TaxNotSettled, TaxRule, TaxRules
from groundrules.core.lifecycle.timeline import binding_version
from groundrules.core.parties import Account, Application, Dependency, Party, PartyKind, Vendor
from groundrules.core.replay.answers import Replayed
from groundrules.core.replay.search import Unfinished, conclude
from groundrules.core.world import World
from groundrules.readers.case_file.build_agreement import build_agreement
from groundrules.readers.case_file.model import (
    CaseFile,
    WrittenAccount,
    WrittenChange,
    WrittenDispute,
    WrittenReplay,
    WrittenSession,
    WrittenTaxRule,
    WrittenVendor,
)
from groundrules.readers.case_file.places import BadValue
from groundrules.readers.case_file.reading import Reading

_SAME_IN_THE_WORLD = (
    "provider",
    "client",
    "technicians",
    "assets",
    "letters_of_agency",
    "acceptances",
    "windows",
    "freezes",
    "scorecard_rule",
    "gaps",
    "health_checks",
    "incidents",
    "own_runs",
    "recoveries",
    "drills",
    "third_party_attempts",
    "work",
    "requests",
    "messages",
    "notices",
    "lifecycle",
    "condition_records",
    "invoices",
    "fees_billed",
    "counts",
    "blocks",
    "to_bill",
    "reply_invitations",
    "promises",
    "report_on",
)


def build_world(case: CaseFile, reading: Reading) -> World:
    """This function will turn what was written into a world.

    Raises BadValue when the agreement's holidays are unknown, a tax rule is odd, a replay was not carried to its end or
    a dispute is nobody's.
    """
    same = {name: getattr(case, name) for name in _SAME_IN_THE_WORLD}
    world = World(
        agreement=build_agreement(case.agreement, case.client, reading),
        vendors=tuple(_vendor(vendor) for vendor in case.vendors),
        accounts=tuple(_account(account, _parties(case)) for account in case.accounts),
        applications=tuple(Application(a.id, a.name, a.asset, a.vendor) for a in case.applications),
        dependencies=(*case.dependencies, *_needs(case)),
        sessions=tuple(_session(session) for session in case.sessions),
        changes=tuple(_change(change, case.sessions) for change in case.changes),
        replays=tuple(_replay(replay, reading) for replay in case.replays),
        discovered=_discovered(case),
        tax_rules=_tax_rules(case, reading),
        **same,
    )
    return replace(world, disputes=tuple(_dispute(d, world, reading) for d in case.disputes))


def _dispute(written: WrittenDispute, world: World, reading: Reading) -> Dispute:
    """What is raised is answered by the day that the agreement of that moment says."""
    if (written.contact is None) is (written.vendor is None):
        message = (
            "a dispute is raised by a `contact` of the client or by a `vendor`; name one of them"
        )
        raise BadValue(reading.place_of(written), message)
    people = {str(contact.id): contact.name for contact in world.client.contacts}
    people |= {str(vendor.id): vendor.name for vendor in world.vendors}
    version = binding_version(world.agreement, written.at) or world.agreement.versions[0]
    terms = version.disputes or DisputeTerms()
    return Dispute(
        id=written.id,
        subject=written.subject,
        ref=written.ref,
        side=DisputeSide.CLIENT if written.contact is not None else DisputeSide.VENDOR,
        person=written.person or people.get(str(written.contact or written.vendor), ""),
        at=written.at,
        says=written.says,
        answer_by=answer_by(terms, version.calendar, written.at),
        clause=terms.clause,
        contact=written.contact,
        vendor=written.vendor,
        held=written.held,
        document=written.document,
        answer=written.answer,
    )


def _tax_rules(case: CaseFile, reading: Reading) -> TaxRules:
    rules = [(written.for_everybody, _tax_rule(written, reading)) for written in case.tax_rules]
    return TaxRules(
        client=tuple(rule for everybody, rule in rules if not everybody),
        provider=tuple(rule for everybody, rule in rules if everybody),
    )


def _tax_rule(written: WrittenTaxRule, reading: Reading) -> TaxRule:
    tax = Tax(written.category, written.percent, written.name, written.reason)
    try:
        return TaxRule(written.starts_on, written.applies_to, tax)
    except TaxNotSettled as error:
        raise BadValue(reading.place_of(written), str(error)) from error


def _vendor(written: WrittenVendor) -> Vendor:
    return Vendor(
        written.id, written.name, written.networks, written.people, written.email, written.zone
    )


def _account(written: WrittenAccount, parties: dict[str, Party]) -> Account:
    return Account(
        name=written.name,
        party=parties[written.party],
        host=written.host,
        identifier=written.identifier,
        shared=written.shared,
        person=written.person,
        held=written.held,
    )


def _parties(case: CaseFile) -> dict[str, Party]:
    """Everyone an account can belong to, by the name the file uses."""
    named = {
        "provider": Party(PartyKind.PROVIDER, case.provider.id, case.provider.name),
        "client": Party(PartyKind.CLIENT, case.client.id, case.client.name),
        "consultant": Party(PartyKind.CONSULTANT, "consultant", "outside consultant"),
        "system": Party(PartyKind.SYSTEM, "system", "the system itself"),
    }
    vendors = {str(v.id): Party(PartyKind.VENDOR, v.id, v.name) for v in case.vendors}
    return named | vendors


def _needs(case: CaseFile) -> tuple[Dependency, ...]:
    return tuple(
        Dependency(application.id, ComponentId(component))
        for application in case.applications
        for component in application.needs
    )


def _session(written: WrittenSession) -> Session:
    plain = Session(**{f.name: getattr(written, f.name) for f in fields(Session)})
    return plain if plain.key else replace(plain, key=written.id)


def _change(written: WrittenChange, sessions: tuple[WrittenSession, ...]) -> Change:
    plain = Change(**{f.name: getattr(written, f.name) for f in fields(Change)})
    if written.in_session is None:
        return plain
    session = next(s for s in sessions if s.id == written.in_session)
    key = session.key or session.id
    return replace(plain, actor=replace(plain.actor, session_key=key))


def _replay(written: WrittenReplay, reading: Reading) -> Replayed:
    try:
        return Replayed(conclude(written.plan, written.runs), written.at)
    except Unfinished as missing:
        raise BadValue(reading.place_of(written), str(missing)) from missing


def _discovered(case: CaseFile) -> dict[str, datetime]:
    found: tuple[WrittenChange | WrittenSession, ...] = (*case.changes, *case.sessions)
    return {str(item.id): item.discovered for item in found if item.discovered is not None}
