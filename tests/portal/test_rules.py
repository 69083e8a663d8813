"""Rules of engagement: published on a page, accepted by link with a code, asked again when they change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from django.utils import timezone

from groundrules.core.vendors import ApprovalRefused
from groundrules.core.vendors.rules import Unaccepted
from groundrules.records import models as books
from groundrules.records.models import Role, User
from groundrules.services import access
from groundrules.services.access import Wanted
from groundrules.services.access.rules import NewRules, RulesChanged, publish, standing_of
from tests.cast import OLGA, TARIQ
from tests.portal.harbor import BACKED_UP, NOW, WANTED, Harbor

pytestmark = pytest.mark.django_db


def published(harbor: Harbor, *clauses: str, unaccepted: Unaccepted = Unaccepted.REFUSE) -> int:
    """The number of the next version."""
    wanted = NewRules(clauses, unaccepted=unaccepted)
    return publish(wanted, harbor.vendor, client=harbor.client, actor=OLGA, at=NOW).version


def ask(harbor: Harbor, wanted: Wanted) -> books.AccessWindow:
    """A request with its code."""
    return access.request_access(harbor.link, wanted, harbor.code(), NOW)


class TestRules:
    """What they do to requests."""

    def test_are_accepted_by_a_named_person_with_the_request(self, harbor: Harbor) -> None:
        """Refused first; with the tick and the code one act does both; a new version asks again, by mail too."""
        published(harbor, "window-first", "backup-first")
        with pytest.raises(access.RequestRefused, match="Accept version 1"):
            ask(harbor, WANTED)
        assert not books.AccessWindow.objects.exists()

        ask(harbor, replace(WANTED, accepts_rules=1))

        accepted = books.RulesAcceptance.objects.get().to_core()
        assert (accepted.version, accepted.accepted_by) == (1, "Rae Rogue")
        assert not standing_of(harbor.client, harbor.vendor, NOW).waits
        assert published(harbor, "window-first", "report") == 2
        assert "A report when done" in harbor.mails("version 2")[0].get_content()
        with pytest.raises(access.RequestRefused, match="Accept version 2"):
            ask(harbor, WANTED)

    @pytest.mark.parametrize(
        ("unaccepted", "meanwhile"),
        [
            (Unaccepted.REFUSE, "werden Anfragen abgelehnt, Notfälle ausgenommen."),
            (Unaccepted.MARK, "Bis dahin steht an Ihren Anfragen, dass sie nicht angenommen ist."),
        ],
    )
    def test_are_announced_in_the_language_the_vendor_reads(
        self, harbor: Harbor, unaccepted: Unaccepted, meanwhile: str
    ) -> None:
        """The promises, the day and what happens meanwhile: no English is left in a German mail."""
        books.Vendor.objects.filter(pk=harbor.vendor.pk).update(language="de")
        harbor.vendor.refresh_from_db()
        published(harbor, "window-first", "report", unaccepted=unaccepted)

        (mail,) = harbor.mails("Fassung 1")

        said = " ".join(mail.get_content().split())
        assert str(mail["Subject"]).startswith("Regeln für Arbeiten bei")
        assert said.startswith("Guten Tag Rae Rogue, für Arbeiten an den Servern von")
        assert said.endswith(meanwhile)
        assert not {"the", "we", "and", "version", "Fri", "Mon"} & set(said.split())

    def test_are_never_accepted_unread(self, harbor: Harbor) -> None:
        """The page showed version 1 and version 2 was published meanwhile: nothing is accepted, the code stays good."""
        published(harbor, "window-first")
        code = harbor.code()
        published(harbor, "window-first", "report")

        with pytest.raises(RulesChanged):
            access.request_access(harbor.link, replace(WANTED, accepts_rules=1), code, NOW)

        access.request_access(harbor.link, replace(WANTED, accepts_rules=2), code, NOW)

    def test_stop_an_approval_when_they_came_after_the_request(self, harbor: Harbor) -> None:
        """A request from before is not approved either, but as an emergency with its reason."""
        row = ask(harbor, WANTED)
        published(harbor, "window-first")

        with pytest.raises(ApprovalRefused, match="version 1 of the rules"):
            access.approve(row.ref, BACKED_UP, client=harbor.client, actor=TARIQ, at=NOW)

        urgent = replace(BACKED_UP, emergency=True, reason="The practice is closed")
        access.approve(row.ref, urgent, client=harbor.client, actor=TARIQ, at=NOW)

    def test_may_only_mark(self, harbor: Harbor, client: Client) -> None:
        """Where they say so, the request comes through and its page says that it is not accepted."""
        published(harbor, "window-first", unaccepted=Unaccepted.MARK)
        ask(harbor, WANTED)
        user = User.objects.create(email="t@castle-it.example", name="T", role=Role.TECHNICIAN)
        client.force_login(user)

        page = client.get("/vendors/windows/harbor/WIN-1/").content.decode()

        assert "without accepting version 1 of the rules of engagement" in page

    def test_are_published_on_their_page(self, harbor: Harbor, client: Client) -> None:
        """The form begins with the whole library; an empty one is refused in words."""
        user = User.objects.create(email="t@castle-it.example", name="T", role=Role.TECHNICIAN)
        client.force_login(user)
        address = "/vendors/harbor/V1/rules/"
        assert "Nobody at Rogue is asked to accept any" in client.get(address).content.decode()

        said = {"clauses": ["window-first"], "own": ["Call Kim."], "unaccepted": "refuse"}
        assert client.post(address, said).status_code == 302
        refused = client.post(address, said)

        assert refused.status_code == 422
        assert "Nothing differs from version 1" in refused.content.decode()
        assert "Version 1 is not accepted yet" in client.get(address).content.decode()
        invited = access.Invited("Rae Rogue", "rae@rogue.example")
        now = timezone.now()
        _, token = access.invite(invited, harbor.vendor, harbor.asset, actor=TARIQ, at=now)
        asked = client.get(f"/v/{token}/").content.decode()
        assert "I, Rae Rogue, accept version 1 for Rogue" in asked
