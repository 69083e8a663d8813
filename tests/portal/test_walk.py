"""Every address there is, from the address tables themselves, walked by everybody: who opens what, and what leaks.

A new address is walked as soon as it is in a table; one behind a door must say what stands in for its parameters.
Notes, costs, prices and names that are not the reader's are planted in the books, and searched in every body.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import ClassVar, cast

from django.http import HttpResponse
from django.test import TestCase
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter
from django.utils import timezone

from groundrules.core.ids import ConditionId, MessageId, SiteId, TechnicianId, TimeEntryId
from groundrules.core.letters.answers import LetterDraft, LetterKind, Paragraph
from groundrules.core.parties import Site
from groundrules.core.periods import Period
from groundrules.core.work import Channel, Message, TimeEntry, WorkType
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import (
    access,
    door,
    invoices,
    letters,
    lifecycle,
    lifecycle_due,
    messages,
    work,
)
from groundrules.services.case_import import answer_into_books, import_case
from groundrules.services.cases import check_case
from groundrules.services.rights import READERS
from groundrules.services.sites import add_site, stand_at
from groundrules.services.users import let_in
from groundrules.web.access import AREAS
from tests.nowadays import move
from tests.web.harbor_books import ALEX, KIM

# What must never be read from outside: planted below, each in the place where such a thing is written.
NOTE = "PLANTED-NOTE the client is slow"
CALL = "PLANTED-CALL they will not find out"
PRICE = "7,777.77"
WHY = "PLANTED-WHY keep them quiet"
HELD = "PLANTED-HELD not yet, they would leave"
VENDOR = "PLANTED-VENDOR between us and the vendor"
OURS = (NOTE, CALL, PRICE, "7777.77", WHY, HELD, VENDOR, "Our cost", "forgone", "987.65")
OTHER = ("Zanzibar", "zanzibar.example", "ZANZI")
HARBOR = ("Harbor Dental", "harbor.example", "12 Quay Street")
STAFF = tuple(Role.values)


@dataclass(frozen=True, slots=True)
class Address:
    """One entry of an address table: its full name, stand-ins for its parameters, the area that guards it.

    `own` marks what is about oneself alone.
    """

    name: str
    parameters: dict[str, object]
    area: str
    own: bool


def addresses() -> Iterator[Address]:
    """Everything the installation answers, as the resolver itself has it."""
    yield from _below(get_resolver().url_patterns, "")


def _below(entries: list[URLPattern | URLResolver], space: str) -> Iterator[Address]:
    for entry in entries:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _below(entry.url_patterns, inner)
        else:
            area = getattr(entry.callback, "area", "")
            numbers = {k: isinstance(c, IntConverter) for k, c in entry.pattern.converters.items()}
            stand_ins: dict[str, object] = {
                name: 1 if is_number else "none" for name, is_number in numbers.items()
            }
            own = getattr(entry.callback, "own", False)
            yield Address(f"{space}{entry.name}", stand_ins, area, own)


class TestEverybodyEverywhere(TestCase):
    """Harbor and Zanzibar, each with a server that is off, letters, invoices, people, and things that are ours."""

    folder: ClassVar[tempfile.TemporaryDirectory[str]]
    harbor: ClassVar[books.Client]
    zanzi: ClassVar[books.Client]
    tokens: ClassVar[dict[str, str]]
    known: ClassVar[dict[str, dict[str, object]]]

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once."""
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.harbor = cls._client("harbor", {})
        cls.zanzi = cls._client(
            "zanzi",
            {
                "Harbor Dental": "Zanzibar Orthodontics",
                "harbor.example": "zanzibar.example",
                "HARBOR": "ZANZI",
                "12 Quay Street": "1 Clove Road",
            },
        )
        for role in STAFF:
            let_in(email=f"{role}@g.example", name=role, role=role, actor=KIM, at=timezone.now())
        cls.tokens = cls._let_in()
        cls.known = {client.code: cls._of(client) for client in (cls.harbor, cls.zanzi)}

    @classmethod
    def _client(cls, name: str, renamed: dict[str, str]) -> books.Client:
        folder = Path(cls.folder.name) / name
        folder.mkdir()
        left_out = ("version: 2, accepted_by", "condition: fee")
        path = move("12-the-way-back.yaml", date(2007, 4, 4), folder, left_out, renamed)
        now = timezone.now()
        world = check_case(path.read_bytes(), path).case.world
        client = import_case(world, at=now, actor=KIM).client
        lifecycle_due.apply_for(client, at=now)
        _plant(client)
        for document in invoices.due(client=client, at=timezone.now()):
            key = f"{client.code}{document.period_start}"
            invoices.issue(document, client=client, key=key, actor=KIM, at=timezone.now())
        for draft in letters.draft(client=client, actor=ALEX, at=timezone.now()):
            if draft.kind == "reply pack":
                letters.approve(draft=draft, actor=KIM, at=timezone.now())
                letters.send(draft=draft, actor=KIM, at=timezone.now())
        return client

    @classmethod
    def _let_in(cls) -> dict[str, str]:
        """A token for each kind of person outside: contacts, delegates, one whose delegation ended, a vendor's."""
        now, tokens = timezone.now(), {}
        for key, client in (("contact", cls.harbor), ("other contact", cls.zanzi)):
            pat = client.contacts.get(code="PAT")
            tokens[key] = door.invite(pat, tuple(door.AREAS), actor=KIM, at=now)[1]
        pat = cls.harbor.contacts.get(code="PAT")
        for key, email in (("delegate", "in@c.example"), ("revoked delegate", "out@c.example")):
            granted = door.Granted(
                key, email, tuple(door.AREAS), now + timedelta(days=9), ("SRV1",)
            )
            held, tokens[key] = door.let_in(granted, client=cls.harbor, by=pat, actor=KIM, at=now)
            if key.startswith("revoked"):
                door.end_delegation(held, KIM, now)
        server = cls.harbor.assets.get(code="SRV1")
        rogue = books.Vendor.objects.get(code="V1")
        rae = access.Invited("Rae", "rae@rogue.example")
        tokens["vendor"] = access.invite(rae, rogue, server, actor=KIM, at=now)[1]
        return tokens

    @classmethod
    def _of(cls, client: books.Client) -> dict[str, object]:
        """A record of each kind of one client, by the name of the parameter that calls it."""
        now = timezone.now()
        decision = books.Decision.objects.filter(client=client).order_by("pk")[0]
        sent = books.Letter.objects.get(client=client)
        document = books.Issued.objects.filter(client=client).order_by("pk")[0]
        raw = books.RawEvidence.objects.create(
            recorded_at=now,
            recorded_by="groundrules",
            client=client,
            asset=client.assets.get(code="SRV1"),
            digest=("ab" if client == cls.harbor else "cd") * 32,
            length=1,
            format="syslog",
            name=f"auth {client.name}",
        )
        return {
            "decision": decision.number,
            "letter": sent.ref,
            "invoice": document.ref,
            "digest": raw.digest,
        }

    def arguments(self, address: Address, client: books.Client, token: str) -> dict[str, object]:
        """What stands in for the parameters of an address, so that it names a record of a client that exists."""
        found = self.known[client.code]
        space, _, name = address.name.partition(":")
        refs = {
            ("web", "change"): "CHG-1",
            ("web", "change-verdict"): "CHG-1",
            ("web", "incident"): "INC-2",
            ("web", "session"): "SES-1",
            ("web", "window"): "WIN-1",
            ("web", "visit"): "WIN-1",
            ("web", "explain"): found["decision"],
        }
        kinds = {"letter": found["letter"], "invoice": found["invoice"]}
        ref = refs.get((space, name)) or kinds.get(name.partition("-")[0], "WIN-1")
        of_vendor = (
            "vendor",
            "vendor-invite",
            "vendor-write",
            "vendor-agency",
            "vendor-rules",
            "vendor-planning",
        )
        codes = dict.fromkeys(of_vendor, "V1")
        code = "SRV1" if "client" in address.parameters or space == "door" else client.code
        values: dict[str, object] = {
            "token": token or "none",
            "client": client.code,
            "code": codes.get(name, code),
            "ref": ref,
            "number": found["decision"],
            "agreement": f"MSA-{client.code}",
            "version": 1,
            "page": 1,
            "session": 1,
            "digest": found["digest"],
            "rest": "none",
            "name": "20070223T181500Z-1",
            "site": "MAIN",
        }
        unknown = set(address.parameters) - values.keys()
        must_be_known = space in {"door", "portal"}
        assert not (unknown and must_be_known), f"say what stands in for {unknown}: {address.name}"
        return {
            name: values[name] if type(values.get(name)) is type(stand_in) else stand_in
            for name, stand_in in address.parameters.items()
        }

    def ask(
        self, address: Address, client: books.Client, token: str = ""
    ) -> dict[str, HttpResponse]:
        """The answers of an address to reading it, and to posting nothing to it."""
        href = reverse(address.name, kwargs=self.arguments(address, client, token))
        asked = {"GET": self.client.get(href), "POST": self.client.post(href, {})}
        return {how: cast("HttpResponse", answer) for how, answer in asked.items()}

    def test_pages_of_staff_open_for_their_roles_and_nobody_else(self) -> None:
        """Each role meets its areas; whoever has no session is sent to sign in, also when they post."""
        pages = [a for a in addresses() if a.name.startswith("web:") and a.area]
        assert len(pages) > 40
        for address in pages:
            for how, answer in self.ask(address, self.harbor).items():
                assert answer.status_code == 302, (address.name, how)
                assert str(answer.headers["Location"]).startswith("/sign-in/"), (address.name, how)
        for role in STAFF:
            self.client.force_login(books.User.objects.get(email=f"{role}@g.example"))
            for address in pages:
                closed = role not in AREAS[address.area]
                for how, answer in self.ask(address, self.harbor).items():
                    refused = closed or (how == "POST" and role in READERS and not address.own)
                    assert (answer.status_code == 403) == refused, (address.name, role, how)
                    assert answer.status_code < 500, (address.name, role, how)
                    if role != "owner":
                        assert_without(answer, ("987.65", "Our cost"), (address.name, role))

    def test_every_address_is_of_a_known_kind(self) -> None:
        """Below the staff's pages there are the sign-in pages, the two doors, and what programs call; nothing else."""
        spaces = {a.name.partition(":")[0] for a in addresses()}
        assert spaces == {"web", "portal", "door", "api", "mcp"}
        unguarded = {a.name for a in addresses() if a.name.startswith("web:") and not a.area}
        assert unguarded == {
            *("web:sign-in", "web:sign-in-link", "web:sign-out", "web:preferences"),
            *("web:sign-in-second", "web:sign-in-passkey", "web:sign-in-passkey-ask"),
            *("web:sign-in-sso", "web:sign-in-sso-back"),
            *("web:welcome", "web:alive", "web:ready", "web:metrics", "web:calendar-feed"),
        }

    def test_doors_open_to_their_own_links_and_show_nothing_of_ours_or_others(self) -> None:
        """Each link, each address of both doors, with its own client's records and with the other's."""
        opened: dict[str, int] = {}
        for address in [a for a in addresses() if a.name.startswith(("door:", "portal:"))]:
            for who, token in self.tokens.items():
                for client in (self.harbor, self.zanzi):
                    for how, answer in self.ask(address, client, token).items():
                        place = (address.name, who, client.code, how)
                        assert answer.status_code in {200, 404, 405, 410, 422}, place
                        opened[who] = opened.get(who, 0) + (answer.status_code == 200)
                        foreign = HARBOR if who == "other contact" else OTHER
                        assert_without(answer, (*OURS, *foreign), place)
                        self._is_shut(answer, address, who, place)

        assert opened["revoked delegate"] == 0
        assert opened["contact"] > opened["delegate"] > 5
        assert opened["other contact"] == opened["contact"]

    def _is_shut(
        self, answer: HttpResponse, address: Address, who: str, place: tuple[str, ...]
    ) -> None:
        is_door = address.name.startswith("door:")
        if who == "revoked delegate" or is_door == (who == "vendor"):
            assert answer.status_code in {404, 405, 410}, place
        records = {"letter", "letter-pdf", "invoice", "invoice-pdf"}
        foreign = (place[2] == "HARBOR") == (who == "other contact")
        if is_door and foreign and address.name.partition(":")[2] in records:
            assert answer.status_code in {404, 405, 410}, place

    def test_what_is_planted_is_there(self) -> None:
        """The search bites: the owner reads the note, the cost, the call and the price where they belong."""
        self.client.force_login(books.User.objects.get(email="owner@g.example"))
        number = books.Decision.objects.get(entry__ref="W-PLANTED", client=self.harbor).number
        decision = self.client.get(f"/work/{number}/").content.decode()
        assert NOTE in decision
        assert "Our cost $987.65" in decision
        client = self.client.get("/clients/HARBOR/").content.decode()
        assert CALL in client
        standing = self.client.get("/servers/HARBOR/SRV1/coverage/").content.decode()
        assert "7777.77" in standing or PRICE in standing
        assert NOTE in self.client.get("/clients/HARBOR/sites/MAIN/").content.decode()
        held = books.LetterDraft.objects.get(subject=VENDOR, client=self.harbor)
        assert HELD in self.client.get(f"/letters/{held.ref}/").content.decode()

    def test_a_client_reads_its_own_sites_and_a_delegate_those_of_their_servers(self) -> None:
        """All of a client's sites, and never another's; who may see one server sees where that one stands."""
        pages = {
            who: self.client.get(f"/c/{self.tokens[who]}/sites/").content.decode()
            for who in ("contact", "delegate", "other contact")
        }
        seen = {
            who: [name for name in ("main office", "hill branch") if name in page]
            for who, page in pages.items()
        }

        assert seen["contact"] == seen["other contact"] == ["main office", "hill branch"]
        assert seen["delegate"] == ["main office"]
        assert "Zanzibar" not in pages["contact"]
        assert "Harbor" not in pages["other contact"]

    def test_programs_need_what_programs_have(self) -> None:
        """Without a key, or with a person's link or session for one, no program's address answers anything."""
        closed = [a for a in addresses() if a.name.startswith(("api:", "mcp"))]
        # The description of the interface is for anybody: it says nothing of this installation.
        # Operations of version 1 have no names; tests/api walks them with every scope.
        for address in [a for a in closed if a.name not in {"api:openapi", "api:None"}]:
            for token in ("", self.tokens["contact"], self.tokens["vendor"]):
                for how, answer in self.ask(address, self.harbor, token).items():
                    assert 400 <= answer.status_code < 500, (address.name, how)
                    assert_without(answer, (*OURS, *OTHER, *HARBOR), (address.name, how))


def assert_without(answer: HttpResponse, words: tuple[str, ...], place: tuple[str, ...]) -> None:
    """No word may be in the body; a PDF is read as text."""
    body = bytes(answer.content)
    if answer.headers.get("Content-Type") == "application/pdf":
        told = subprocess.run(["pdftotext", "-", "-"], input=body, capture_output=True, check=True)
        body = told.stdout
    text = " ".join(body.decode(errors="replace").split())
    assert not [word for word in words if word in text], place


def _plant(client: books.Client) -> None:
    """Our own words and figures, each where somebody would write it in earnest."""
    at = timezone.now()
    alex = books.Technician.objects.get(code="A")
    books.CostRate.objects.get_or_create(
        technician=alex,
        starts_at=at - timedelta(days=1),
        defaults={"hourly_minor": 98765, "currency": "USD"},
    )
    for code, name, server in (("MAIN", "main office", "SRV1"), ("HILL", "hill branch", "SRV2")):
        place = Site(SiteId(code), f"{client.name} {name}", notes=NOTE)
        site = add_site(place, client=client, actor=ALEX, at=at)
        stand_at(client.assets.get(code=server), site, actor=ALEX, at=at)
    entry = TimeEntry(
        TimeEntryId("W-PLANTED"),
        TechnicianId("A"),
        Period(at - timedelta(hours=3), at - timedelta(hours=2)),
        "PLANTED",
        WorkType.MAINTENANCE,
        asset=client.assets.get(code="SRV2").to_core().id,
        note=NOTE,
    )
    work.record_time(entry, client=client, actor=ALEX, at=at)
    call = Message(MessageId("MSG-PLANTED"), at, Channel.CALL, "Pat Owner", CALL)
    messages.log(call, client=client, actor=ALEX, at=at)
    waived = lifecycle.LetGo(
        ConditionId("fee"), client.assets.get(code="SRV1").to_core().id, "A kindness", "7777.77"
    )
    lifecycle.let_go(waived, client=client, actor=KIM, at=at)
    secret = LetterDraft(
        LetterKind.RIGHT_OF_REPLY, "Greenway", "Rogue", VENDOR, (Paragraph(VENDOR),)
    )
    draft = letters.keep_draft(secret, client=client, actor=ALEX, at=at)
    letters.hold(draft=draft, reason=HELD, actor=KIM, at=at)
    answer_into_books(client, actor=KIM, at=timezone.now())
