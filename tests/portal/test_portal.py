"""The portal through its edge: scanners leave no trace, a person with a code is heard, and staff decide on a page."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from groundrules.core.ids import AssetId
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import access, users
from groundrules.services.access import Invited
from groundrules.services.access.rules import NewRules, publish
from groundrules.services.gate import GateTerms, add_gate, make_authority
from tests.cast import OLGA, TARIQ
from tests.portal.harbor import Harbor

pytestmark = pytest.mark.django_db

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ6hI0tCBXMsMAgDhgI0FQw5UJbTYZBMi3TdoZ1sGyVn rae@laptop"
_HREF = re.compile(r'(?:href|action|formaction|src)="([^"#]*)"')
_NAME = re.compile(r'name="([a-z_]+)"')


@pytest.fixture
def harbor(outbox: Path) -> Harbor:
    """This fixture will keep the cards as of now: pages go by the clock."""
    return Harbor(outbox, timezone.now())


def rows() -> dict[str, list[object]]:
    """Everything in every table."""
    return {
        m._meta.db_table: list(m._default_manager.order_by("pk").values())
        for m in apps.get_models()
    }


def form(**more: str | list[str]) -> dict[str, str | list[str]]:
    """What the engineer fills in, for tomorrow evening in New York."""
    day = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%d")
    said: dict[str, str | list[str]] = {
        "plan": "Update the application to 12.4",
        "way_back": "Restore the snapshot",
        "starts": f"{day}T18:00",
        "ends": f"{day}T20:00",
        "touches": ["application"],
        "act": "send",
    }
    return said | more


def staff(client: Client, role: Role = Role.TECHNICIAN) -> None:
    """Sign a technician in."""
    made = users.let_in(
        email=TARIQ.label, name="Tariq", role=role.value, actor=OLGA, at=timezone.now()
    )
    client.force_login(made)


class TestScanner:
    """A mail scanner that opens everything."""

    def test_causes_no_row_however_hard_it_tries(self, harbor: Harbor, client: Client) -> None:
        """It follows every link, HEADs and POSTs everything with every field it saw; all tables stay as they were."""
        rules = NewRules(("window-first",))
        publish(rules, harbor.vendor, client=harbor.client, actor=OLGA, at=timezone.now())
        before = rows()
        queue, seen = [f"/v/{harbor.token}/"], set[str]()
        while queue:
            address = queue.pop()
            if address in seen or not address.startswith("/v/"):
                continue
            seen.add(address)
            client.head(address)
            page = client.get(address).content.decode(errors="replace")
            fields = dict.fromkeys(_NAME.findall(page), "123456")
            client.post(address, {})
            client.post(address, fields | {"act": "send", "code": ""})
            client.post(address, form(code=""))
            client.post(address, fields | {"act": "accept", "accepts_rules": "1", "code": ""})
            queue += [urljoin(address, unescape(href)) for href in _HREF.findall(page)]

        assert "Send request" in client.get(f"/v/{harbor.token}/").content.decode()
        assert rows() == before

    def test_is_refused_without_the_form_it_belongs_to(self, harbor: Harbor) -> None:
        """A POST from elsewhere, without the page's own token, is forbidden even with the right code."""
        strict = Client(enforce_csrf_checks=True)

        answer = strict.post(f"/v/{harbor.token}/", form(code=harbor.code(timezone.now())))

        assert answer.status_code == 403
        assert not books.AccessRequest.objects.exists()


class TestAsking:
    """A vendor's person."""

    def test_is_mailed_a_code_and_heard(self, harbor: Harbor, client: Client) -> None:
        """Asking for the code keeps what was typed; with it the request is on record and shown in both zones."""
        address = f"/v/{harbor.token}/"
        page = client.post(address, form(act="code")).content.decode()
        assert "We mailed six digits to rae@rogue.example" in page
        assert "Update the application to 12.4" in page

        answer = client.post(address, form(code=harbor.code(timezone.now())), follow=True)

        told = answer.content.decode()
        assert answer.redirect_chain == [(f"/v/{harbor.token}/WIN-1/", 302)]
        assert re.search(r"18:00 to 20:00 E[SD]T", told)
        assert re.search(r"\d\d:30 IST", told)
        assert "a decision is promised by" in told
        assert "neither opens nor blocks" in told

    def test_finds_the_form_as_they_left_it(self, harbor: Harbor, client: Client) -> None:
        """A repeat request is prefilled: plan, way back, hours, and what it touches."""
        address = f"/v/{harbor.token}/"
        client.post(address, form(code=harbor.code(timezone.now())))

        page = client.get(address).content.decode()

        assert "Update the application to 12.4" in page
        assert "Restore the snapshot" in page
        assert 'value="application" checked' in page
        assert "T18:00" in page

    def test_is_told_what_is_wrong_and_loses_nothing(self, harbor: Harbor, client: Client) -> None:
        """A wrong code, a private key, a time that does not exist: one sentence, and the form stays filled."""
        make_authority(actor=OLGA, at=timezone.now())
        add_gate(harbor.asset, GateTerms("127.0.0.1", KEY), actor=OLGA, at=timezone.now())
        address = f"/v/{harbor.token}/"
        for more, says in (
            ({"code": "000000"}, "paste your public key"),
            ({"public_key": "-----BEGIN OPENSSH PRIVATE KEY-----"}, "never the private key"),
            ({"public_key": KEY, "code": "x"}, "not right"),
            ({"public_key": KEY, "starts": "soon"}, "Choose when"),
            ({"starts": "2027-03-14T02:30", "ends": "2027-03-14T04:30"}, "does not exist"),
        ):
            answer = client.post(address, form(**more))

            assert (answer.status_code, says in answer.content.decode()) == (422, True), says
            assert "Restore the snapshot" in answer.content.decode()
        assert not books.AccessRequest.objects.exists()

    def test_a_link_that_is_over_says_so(self, harbor: Harbor, client: Client) -> None:
        """Withdrawn or invented: 410, who to ask, and no data; another link's window is not found."""
        other, token = access.invite(
            Invited("Ron", "ron@rogue.example"),
            harbor.vendor,
            harbor.asset,
            actor=TARIQ,
            at=timezone.now(),
        )
        client.post(f"/v/{harbor.token}/", form(code=harbor.code(timezone.now())))
        assert client.get(f"/v/{token}/WIN-1/").status_code == 404

        access.revoke_link(other, actor=TARIQ, at=timezone.now())

        answer = client.get(f"/v/{token}/")
        assert answer.status_code == 410
        assert "Harbor" not in answer.content.decode()
        assert client.get("/v/invented/").status_code == 410


class TestDeciding:
    """Staff on their page."""

    def test_approves_and_the_vendor_gets_a_certificate(
        self, harbor: Harbor, client: Client
    ) -> None:
        """With a gate the approval issues the certificate, shows it to the vendor, and mails it with the event."""
        make_authority(actor=OLGA, at=timezone.now())
        add_gate(harbor.asset, GateTerms("127.0.0.1", KEY), actor=OLGA, at=timezone.now())
        code = harbor.code(timezone.now())
        client.post(f"/v/{harbor.token}/", form(code=code, public_key=KEY))
        staff(client)
        page = "/vendors/windows/harbor/WIN-1/"

        refused = client.post(page, {"act": "approve"})
        assert (refused.status_code, "confirmed a backup" in refused.content.decode()) == (
            422,
            True,
        )
        said = client.post(page, {"act": "approve", "backup": "yes"}, follow=True)

        assert "Approved, and both are told." in said.content.decode()
        vendor = client.get(f"/v/{harbor.token}/WIN-1/").content.decode()
        assert "ssh rae@127.0.0.1" in vendor
        cert = client.get(f"/v/{harbor.token}/WIN-1/cert.pub").content.decode()
        assert cert.startswith("ssh-ed25519-cert-v01@openssh.com ")
        (mail,) = [m for m in harbor.mails("Approved") if m["To"] == "rae@rogue.example"]
        assert [p.get_filename() for p in mail.iter_attachments()] == [
            "WIN-1.ics",
            "WIN-1-cert.pub",
        ]
        event = client.get(f"/v/{harbor.token}/WIN-1/window.ics").content.decode()
        assert "BEGIN:VEVENT\r\n" in event

    def test_moves_denies_ends_and_extends(self, harbor: Harbor, client: Client) -> None:
        """Each button is one act; an act that no longer fits changes nothing and says so."""
        client.post(f"/v/{harbor.token}/", form(code=harbor.code(timezone.now())))
        staff(client)
        page = "/vendors/windows/harbor/WIN-1/"
        day = (timezone.now() + timedelta(days=2)).strftime("%Y-%m-%d")

        moved = client.post(
            page, {"act": "move", "starts": f"{day}T19:00", "ends": f"{day}T20:00"}, follow=True
        )
        assert "Another time stands" in moved.content.decode()
        client.post(page, {"act": "approve", "backup": "yes"})
        more = client.post(page, {"act": "extend"}, follow=True).content.decode()
        assert "20:30" in more
        ended = client.post(page, {"act": "end", "reason": "done"}, follow=True).content.decode()
        assert "WIN-1: over" in ended
        late = client.post(page, {"act": "deny", "reason": "no"})

        assert (late.status_code, "Nothing was changed" in late.content.decode()) == (422, True)

    def test_lists_invites_and_shares(self, harbor: Harbor, client: Client) -> None:
        """The list shows who waits; a link and a report are mailed; a report link reads and nothing else."""
        client.post(f"/v/{harbor.token}/", form(code=harbor.code(timezone.now())))
        staff(client)
        assert (
            "Waiting for 0 min; a decision is promised by"
            in client.get("/vendors/").content.decode()
        )
        invite = {"person": "Ron", "email": "ron@rogue.example", "asset": str(AssetId("SRV1"))}
        page = client.post("/vendors/harbor/V1/invite/", invite, follow=True).content.decode()
        assert "mailed to ron@rogue.example" in page

        share = {"act": "share", "person": "Pat", "email": "pat@harbor.example"}
        client.post("/vendors/windows/harbor/WIN-1/", share)

        (mail,) = harbor.mails("Visit report WIN-1")
        found = re.search(r"/v/[\w-]+/", mail.get_content())
        assert found is not None
        client.logout()
        report = client.get(found[0]).content.decode()
        assert "Nothing that Rogue did in this window is on record" in report
        assert client.post(found[0], form(code="1")).status_code == 200
        assert books.AccessRequest.objects.count() == 1
