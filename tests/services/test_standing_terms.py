"""What stands on a client's agreement: one agreement at a time, and the price of the day, not of the signature."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from groundrules.core.agreements.further_terms import UpliftTerms
from groundrules.core.answers.model import Answers
from groundrules.core.evidence import Session
from groundrules.core.ids import AssetId, SessionId
from groundrules.core.money import Money
from groundrules.core.parties import Account, Party, PartyKind
from groundrules.core.periods import Period
from groundrules.records import models as books
from groundrules.records.typed_json import dump
from groundrules.services import agreements
from groundrules.services.coverage_states import spans_of
from groundrules.services.filing import Filing, file_facts
from groundrules.services.month_end.collecting import login_doubts, not_listed
from groundrules.services.profit.gathering import Who
from groundrules.services.world import agreement_of, answer_for
from tests.cast import OLGA

pytestmark = pytest.mark.django_db
NOW = datetime(2009, 3, 1, 17, tzinfo=UTC)
RISE = UpliftTerms(Fraction(10), date(2008, 1, 1), rates_too=True)


class TestOneAgreement:
    def test_is_not_joined_by_a_second(self, harbor: books.Client) -> None:
        """What was agreed now is the next version; the message says of which agreement."""
        with pytest.raises(agreements.OtherAgreementStands, match="has the agreement"):
            agreements.open_agreement(harbor, "OTHER", "Another one", actor=OLGA, at=NOW)

    def test_is_never_mixed_with_another(self, harbor: books.Client) -> None:
        """Books from before may hold two: the first one's versions stand, everywhere."""
        before = agreement_of(harbor, NOW)
        asset = harbor.assets.order_by("code")[0]
        spans = spans_of([asset], NOW)
        other = books.Agreement.objects.create(client=harbor, code="OTHER", title="Another one")
        newest = replace(before.versions[-1], version=1, in_force=Period(NOW))
        row = agreements.draft(other, newest, actor=OLGA, at=NOW)
        agreements.publish(row, actor=OLGA, at=NOW)

        assert agreement_of(harbor, NOW) == before
        assert spans_of([asset], NOW) == spans


class TestCurrency:
    def test_is_the_clients(self, harbor: books.Client) -> None:
        """A version in dollars binds nobody who is billed in euros."""
        newest = agreement_of(harbor, NOW).versions[-1]
        books.Client.objects.filter(pk=harbor.pk).update(currency="EUR")
        following = replace(newest, version=newest.version + 1, in_force=Period(NOW), signed_at=NOW)
        card = harbor.agreements.get()

        row = agreements.draft(card, following, actor=OLGA, at=NOW)

        with pytest.raises(agreements.OtherCurrency, match="is billed in EUR"):
            agreements.publish(row, actor=OLGA, at=NOW)


class TestFiling:
    def test_keeps_each_of_two_values_with_one_reference(self, harbor: books.Client) -> None:
        """Handed in together, the later one supersedes the earlier one, which stays on record."""
        login = Session(
            SessionId("SES-1"),
            AssetId("SRV1"),
            "alex",
            NOW,
            None,
            citations=(),
            source_address="::1",
        )
        known_end = replace(login, ended=datetime(2009, 3, 1, 18, tzinfo=UTC))

        filed = file_facts((login, known_end, known_end), Filing(harbor, OLGA, NOW))

        assert [one.new for one in filed] == [True, True, False]
        rows = books.Session.objects.of_client(harbor).filter(ref="SES-1").order_by("pk")
        assert [row.to_core() for row in rows] == [login, known_end]
        assert rows[1].supersedes == rows[0]
        assert books.Session.objects.of_client(harbor).known_at(NOW).get(ref="SES-1") == rows[1]


class TestPriceOfTheDay:
    """150.00 an hour and 350.00 a month since 2007, ten per cent more each January."""

    def _rising(self, harbor: books.Client) -> Answers:
        answers = answer_for(harbor, NOW)
        agreement = answers.world.agreement
        version = replace(agreement.versions[0], uplift=RISE)
        return replace(
            answers,
            world=replace(answers.world, agreement=replace(agreement, versions=(version,))),
        )

    def test_values_a_login_nobody_logged(self, harbor: books.Client) -> None:
        """An hour in February 2009 is worth 181.50: two rises."""
        answers = self._rising(harbor)
        own = Party(PartyKind.PROVIDER, answers.world.provider.id)
        login = Session(
            SessionId("SES-1"), AssetId("SRV1"), "alex", datetime(2009, 2, 3, 18, tzinfo=UTC), None
        )
        world = replace(
            answers.world,
            accounts=(Account("alex", own, person="Alex"),),
            sessions=(replace(login, ended=datetime(2009, 2, 3, 19, tzinfo=UTC)),),
            work=(),
        )
        month = Period(datetime(2009, 2, 1, 8, tzinfo=UTC), datetime(2009, 3, 1, 8, tzinfo=UTC))

        found = login_doubts(harbor, replace(answers, world=world), month)

        assert [one.value for one in found] == [Money(18150, "USD")]

    def test_values_a_server_on_no_list(self, harbor: books.Client) -> None:
        """A server that only evidence knows would have paid 423.50 in February 2009."""
        answers = self._rising(harbor)
        start = datetime(2009, 2, 3, 18, tzinfo=UTC)
        login = Session(SessionId("SES-2"), AssetId("SRV9"), "alex", start, None)
        world = replace(answers.world, sessions=(login,), work=(), changes=())
        month = Period(datetime(2009, 2, 1, 8, tzinfo=UTC), datetime(2009, 3, 1, 8, tzinfo=UTC))

        found = not_listed(replace(answers, world=world), month, date(2009, 2, 28))

        assert found == ((AssetId("SRV9"), Money(42350, "USD")),)

    def test_measures_a_relationship(self, harbor: books.Client) -> None:
        """What an hour is worth at the end of the days looked at: not the newest version's, and not of a later rise."""
        first = self._rising(harbor).world.agreement.versions[0]
        later = replace(
            first,
            version=2,
            in_force=Period(NOW),
            uplift=None,
            rates=replace(first.rates, hourly=Money(20000, "USD")),
        )
        since = first.in_force.start
        who = Who(harbor, {}, {}, ((since, "MSA v1", dump(first)), (NOW, "MSA v2", dump(later))))

        told = [who.hourly_on(date(year, 2, 28)) for year in (2006, 2007, 2008, 2009, 2010)]

        assert told == [Money(cents, "USD") for cents in (15000, 15000, 16500, 18150, 20000)]
