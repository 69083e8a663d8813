"""Sites of a client: kept, moved between, corrected, and brought in from other programs."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from groundrules.cli.exits import Exit
from groundrules.cli.main import main
from groundrules.core.ids import ContactId, SiteId
from groundrules.core.parties import Site
from groundrules.core.sites import MoveRefused, site_at
from groundrules.records import models as books
from groundrules.records.models import AuditEntry, Role, User
from groundrules.services.actor import Actor, NotAllowed
from groundrules.services.audit_told import change_told
from groundrules.services.imports.mapping import Mapped
from groundrules.services.imports.running import ImportCame, Source, bring_in
from groundrules.services.imports.undoing import undo
from groundrules.services.sites import (
    NeverMoved,
    SiteRefused,
    SiteThere,
    UnknownSite,
    add_site,
    change_site,
    correct_move,
    move_asset,
    moves_of,
    said_site,
    site_named,
    stand_at,
)
from tests.cast import BEGINNING, OLGA, TARIQ

pytestmark = pytest.mark.django_db
AT = BEGINNING + timedelta(days=40)
DAY = timedelta(days=1)
MAIN = Site(
    SiteId("MAIN"), "Quay Street", "12 Quay Street\nHarbor", opening_hours="Mon to Fri 8 to 17"
)
BRANCH = Site(SiteId("BRANCH"), "Hill branch", zone="America/Denver", notes="Ring twice")


@pytest.fixture
def quay(harbor: books.Client) -> books.Site:
    """Harbor's main site."""
    return add_site(MAIN, client=harbor, actor=TARIQ, at=AT)


@pytest.fixture
def keeper(quay: books.Site) -> None:  # noqa: ARG001 - the site is there
    """Tariq has a user."""
    User.objects.create(email=TARIQ.label, name="T", role="technician", is_active=True)


@pytest.fixture
def branch(harbor: books.Client) -> books.Site:
    """Harbor's branch."""
    return add_site(BRANCH, client=harbor, actor=TARIQ, at=AT)


@pytest.fixture
def server(harbor: books.Client) -> books.Asset:
    """SRV1, whose place nobody knows yet."""
    return harbor.assets.get(code="SRV1")


class TestCard:
    """A site's card."""

    def test_is_kept_and_changed_with_before_and_after(
        self, harbor: books.Client, quay: books.Site
    ) -> None:
        """What was said is read back; a change tells what it was, and what it is."""
        changed = change_site(
            said_site(quay, phone="+1 555 0100"), client=harbor, actor=TARIQ, at=AT
        )

        assert changed.to_core() == replace(MAIN, phone="+1 555 0100")
        entry = AuditEntry.objects.filter(verb="cards.keep_site").order_by("-pk")[0]
        assert entry.details["phone"] == ["", "+1 555 0100"]
        assert entry.client == harbor
        asked_for = change_site(said_site(quay, contact="PAT"), client=harbor, actor=TARIQ, at=AT)
        newest = AuditEntry.objects.filter(verb="cards.keep_site").order_by("-pk")[0]
        told = change_told(newest.verb, newest.details)
        assert asked_for.contact == harbor.contacts.get(code="PAT")
        assert (told.before, told.after) == ("phone: +1 555 0100", "phone: nothing; contact: PAT")

    @pytest.mark.parametrize(
        ("site", "says"),
        [
            (replace(MAIN, zone="Mars/Olympus"), "Mars/Olympus is no time zone"),
            (replace(MAIN, contact=ContactId("NOBODY")), "nobody on record as 'NOBODY'"),
            (replace(MAIN, name=""), "needs a code and a name"),
            (replace(MAIN, id=SiteId("a/b")), "no slash"),
            (replace(MAIN, phone="1\n2"), "on one line"),
            (replace(MAIN, notes="x" * 2001), "2000 characters at most"),
            (replace(MAIN, notes="alarm password: 4711"), "looks like a password"),
        ],
    )
    def test_refuses_what_can_not_be(self, harbor: books.Client, site: Site, says: str) -> None:
        """Each refusal names the part and what to write instead; nothing is kept."""
        with pytest.raises(SiteRefused, match=says):
            add_site(site, client=harbor, actor=TARIQ, at=AT)
        assert not harbor.sites.exists()

    def test_is_never_added_over_another(self, harbor: books.Client, quay: books.Site) -> None:
        """A code is one site's; an unknown one is named with those there are."""
        with pytest.raises(SiteThere, match="has a site MAIN already"):
            add_site(replace(MAIN, name="Another"), client=harbor, actor=TARIQ, at=AT)
        with pytest.raises(UnknownSite, match=r"no site 'X' \(on record: MAIN\)"):
            site_named(harbor, "X")
        assert harbor.sites.get() == quay

    @pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.AUDITOR, Role.OBSERVER])
    def test_is_kept_by_those_who_work(self, harbor: books.Client, role: Role) -> None:
        """Who only reads changes nothing."""
        with pytest.raises(NotAllowed):
            add_site(MAIN, client=harbor, actor=Actor("x@g.example", role), at=AT)


class TestMove:
    """An asset moves."""

    def test_is_one_more_entry_and_its_card_says_where_it_stands(
        self, quay: books.Site, branch: books.Site, server: books.Asset
    ) -> None:
        """First where it stood all along, then each move with its day; the past can be asked."""
        stand_at(server, quay, actor=TARIQ, at=AT)
        move_asset(server, branch, AT - DAY, "new rack", actor=TARIQ, at=AT)

        server.refresh_from_db()
        (move,) = (row.to_core() for row in moves_of(server))
        assert server.site == branch
        assert (move.left, move.reached, move.reason) == (
            SiteId("MAIN"),
            SiteId("BRANCH"),
            "new rack",
        )
        now = SiteId(branch.code)
        assert [site_at(now, (move,), AT - days * DAY) for days in (2, 1)] == ["MAIN", "BRANCH"]
        entry = AuditEntry.objects.get(verb="sites.move")
        assert entry.details == {"before": "MAIN", "after": "BRANCH", "reason": "new rack"}

    def test_is_corrected_by_another_entry(
        self, quay: books.Site, branch: books.Site, server: books.Asset
    ) -> None:
        """The wrong entry stays in the book; the day and the place are put right, also to never having left."""
        stand_at(server, quay, actor=TARIQ, at=AT)
        with pytest.raises(NeverMoved, match="note one instead"):
            correct_move(server, branch, AT - DAY, actor=TARIQ, at=AT)
        move_asset(server, branch, AT - DAY, actor=TARIQ, at=AT)

        correct_move(server, branch, AT - 3 * DAY, "the invoice says so", actor=TARIQ, at=AT)
        dated = [row.moved_at for row in moves_of(server)]
        correct_move(server, quay, AT - 3 * DAY, "it was the other server", actor=TARIQ, at=AT)

        server.refresh_from_db()
        assert dated == [AT - 3 * DAY]
        assert server.site == quay
        assert books.AssetMove.objects.filter(asset=server).count() == 3
        assert moves_of(server).get().reached == quay

    def test_is_refused_where_it_can_not_be(
        self, harbor: books.Client, quay: books.Site, branch: books.Site, server: books.Asset
    ) -> None:
        """Not to another client's site, not twice the same, not into the past of a move; nothing changes."""
        other = books.Client.objects.create(code="QUAY", name="Quay", zone="UTC", currency="USD")
        theirs = add_site(MAIN, client=other, actor=TARIQ, at=AT)
        move_asset(server, branch, AT, actor=TARIQ, at=AT)

        with pytest.raises(SiteRefused, match="another client's"):
            move_asset(server, theirs, AT + DAY, actor=TARIQ, at=AT + DAY)
        with pytest.raises(SiteRefused, match="note a move"):
            stand_at(server, quay, actor=TARIQ, at=AT)
        with pytest.raises(MoveRefused, match="moved last on"):
            move_asset(server, quay, AT - DAY, actor=TARIQ, at=AT)
        with pytest.raises(NotAllowed):
            move_asset(server, quay, AT, actor=Actor("x@g.example", Role.AUDITOR), at=AT)
        server.refresh_from_db()
        assert (server.site, server.client) == (branch, harbor)
        assert moves_of(server).count() == 1


class TestBroughtIn:
    """Sites from other programs' exports."""

    SITES = (
        b"Customer,Site Name,Street,City,State,Zip,Time Zone,Contact,Notes\n"
        b"HARBOR,Quay Street,12 Quay Street,Harbor,CA,90731,,Pat,Ring twice\n"
        b"HARBOR,Hill,1 Hill Road,,,,America/Denver,,door code; password=4711\n"
    )
    ASSETS = (
        b"Customer,Site Name,Device Name,OS\n"
        b"HARBOR,Hill,SRV8,Debian 12\n"
        b"HARBOR,Pier,SRV9,Debian 12\n"
        b"HARBOR,Pier,SRV1,\n"
    )

    def bring(self, kind: str, raw: bytes) -> ImportCame:
        """The owner brings a file in."""
        return bring_in(Source(kind, kind, raw, Mapped()), keep=True, actor=OLGA, at=AT)

    def test_come_with_address_zone_and_contact_and_never_a_password(
        self, harbor: books.Client
    ) -> None:
        """Columns become one address; notes with a password stay out and it is said; twice does no harm."""
        first, again = self.bring("sites", self.SITES), self.bring("sites", self.SITES)

        quay, hill = (harbor.sites.get(name=name) for name in ("Quay Street", "Hill"))
        assert quay.address == "12 Quay Street\nHarbor, CA 90731"
        assert quay.contact == harbor.contacts.get(code="PAT")
        assert (quay.notes, hill.notes, hill.zone) == ("Ring twice", "", "America/Denver")
        assert "were left out" in first.rows[1].says
        assert (first.counts, again.counts) == ({"add": 2}, {"same": 2})

    def test_bring_servers_to_where_they_stand_and_go_again(self, harbor: books.Client) -> None:
        """A site nobody knows is added; what is on record stays where it is; undoing takes both away."""
        self.bring("sites", self.SITES)

        came = self.bring("assets", self.ASSETS)

        one, other = (harbor.assets.get(code=code) for code in ("SRV8", "SRV9"))
        assert came.counts == {"add": 2, "left": 1}
        assert (one.site, one.zone) == (harbor.sites.get(name="Hill"), "America/Denver")
        assert (other.site, other.zone) == (harbor.sites.get(name="Pier"), "")
        assert "SRV1 is on record at no site, the row says Pier" in came.rows[2].says
        assert not books.AssetMove.objects.exists()
        gone = undo(came.batch or 0, actor=OLGA, at=AT)
        assert (gone.gone, gone.stay) == (3, ())
        assert set(harbor.sites.values_list("name", flat=True)) == {"Quay Street", "Hill"}


class TestCommand:
    """`groundrules site`."""

    def test_keeps_sites_and_moves_servers(
        self, harbor: books.Client, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Added, changed, servers placed and moved by the site's clock, shown as words and as data."""
        User.objects.create(email=TARIQ.label, name="T", role="technician", is_active=True)
        by = ("--client", "HARBOR", "--as", TARIQ.label)

        added = main(["site", "add", "MAIN", *by, "--name", "Quay Street"])
        main(["site", "add", "HILL", *by, "--name", "Hill", "--zone", "America/Denver"])
        main(["site", "change", "MAIN", *by, "--phone", "+1 555 0100"])
        main(["site", "move", "SRV1", "SRV2", *by, "--to", "MAIN"])
        main(["site", "move", "SRV2", *by, "--to", "HILL", "--since", "2007-03-01T08:00"])
        capsys.readouterr()
        main(["site", "show", "HILL", "--client", "HARBOR"])
        shown = capsys.readouterr().out
        main(["site", "list", "--json"])

        assert added == 0
        assert "SRV2 SRV2 since Thu 2007-03-01 08:00 MST, from Quay Street" in shown
        told = {one["code"]: one for one in json.loads(capsys.readouterr().out)}
        assert (told["MAIN"]["phone"], told["MAIN"]["servers"]) == ("+1 555 0100", 1)

    @pytest.mark.parametrize(
        ("said", "number"),
        [
            (("add", "MAIN", "--name", "Again"), Exit.CONFLICT),
            (("change", "X", "--phone", "1"), Exit.NOT_FOUND),
            (("change", "MAIN", "--zone", "Mars"), Exit.BAD_INPUT),
            (("move", "SRV1", "--to", "X"), Exit.NOT_FOUND),
            (("move", "SRV9", "--to", "MAIN"), Exit.NOT_FOUND),
            (("move", "SRV1", "--to", "-"), Exit.BAD_INPUT),
            (("move", "SRV1", "--to", "MAIN", "--correct"), Exit.NOT_FOUND),
            (("move", "SRV1", "--to", "MAIN", "--since", "2007-03-11T02:30"), Exit.BAD_INPUT),
            (("move", "SRV1", "--to", "MAIN", "--since", "2037-03-11T09:30"), Exit.BAD_INPUT),
        ],
    )
    def test_refuses_by_number(self, keeper: None, said: tuple[str, ...], number: Exit) -> None:
        """A wrong code, a clash, a time that never was or is to come: each by its exit number, nothing moved."""
        assert main(["site", *said, "--client", "HARBOR", "--as", TARIQ.label]) == number
        assert not books.Asset.objects.filter(site__isnull=False).exists()
