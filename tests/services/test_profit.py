"""Relationships read from the books of a made provider, and scenario 20 read from the database."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from django.test import TestCase

from groundrules.cli.main import main
from groundrules.core.ledger import balance
from groundrules.core.money import Money, total
from groundrules.core.profitability.assumptions import Assumption, AssumptionKind
from groundrules.core.profitability.cuts import CutBy, cut
from groundrules.core.profitability.relationship import Relationship, Word
from groundrules.core.rating.journal import FEES, LABOUR
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import profit, users
from groundrules.services.actor import Actor, NotAllowed
from groundrules.web.profit.views import hours_bar
from tests.services.portfolio import AT, SPAN, made
from tests.web.harbor_books import KIM, with_documents

BO = Actor("bo@greenway.example", Role.TECHNICIAN)


def usd(amount: str) -> Money:
    """This function will read an amount in US dollars."""
    return Money.of(amount, "USD")


class TestPortfolio(TestCase):
    """The made provider: one bad, one good with a bad vendor, one at nothing, one nobody can judge, one usual."""

    @classmethod
    def setUpTestData(cls) -> None:
        """The books are filled once for the class."""
        made()

    def _by_code(self) -> dict[str, Relationship]:
        found = profit.portfolio(SPAN, at=AT)
        return {str(one.scope.client): one for one in found.relationships}

    def test_tells_the_relationships_apart(self) -> None:
        """Each has its own word, and the worst stands first, not the one with most revenue."""
        found = profit.portfolio(SPAN, at=AT).relationships

        assert [(one.scope.client, one.word) for one in found] == [
            ("SABLE", Word.LOSES),
            ("KEEL", Word.BREAKS_EVEN),
            ("HARBORV", Word.VENDOR),
            ("C001", Word.GOOD),
            ("TANGLE", Word.UNKNOWN),
        ]
        assert max(found, key=lambda one: one.revenue.minor).scope.client == "KEEL"

    def test_finds_the_good_margin_behind_the_bad_vendor(self) -> None:
        """Without QuickChart's hours the target is reached; the hours, cost and forgone value are its own."""
        answer = self._by_code()["HARBORV"].answer

        assert answer is not None
        (net,) = answer.net_of
        assert answer.measures.margin is not None
        assert net.measures.margin is not None
        assert answer.measures.margin < Fraction(1, 2) < net.measures.margin
        assert net.cost.seconds == 46 * 3600
        assert net.cost.cost == usd("2852.00")
        assert net.cost.forgone == usd("6900.00")

    def test_adds_up_in_every_cut(self) -> None:
        """Hours, revenue, tools and labour of each cut are those of the whole relationship."""
        client = books.Client.objects.get(code="HARBORV")
        detail = profit.relationship(client, SPAN, at=AT)
        one = detail.relationship

        for by in CutBy:
            rows = detail.cuts[by]
            assert total([row.revenue for row in rows], "USD") == one.revenue, by
            assert total([row.tools for row in rows], "USD") == one.tools, by
            assert sum(row.seconds for row in rows) == one.quality.seconds, by

    def test_adds_vendors_and_roles_up_over_all_clients(self) -> None:
        """Each row is the sum of its clients' cuts, all rows are everything, and the vendor's price for all is told."""
        clients = list(books.Client.objects.order_by("name", "pk"))
        details = [profit.relationship(client, SPAN, at=AT) for client in clients]
        for by in (CutBy.VENDOR, CutBy.ROLE, CutBy.TECHNICIAN, CutBy.MONTH):
            found = profit.everywhere(SPAN, by, at=AT)
            cuts = [row for detail in details for row in detail.cuts[by]]

            assert {row.key for row in found.rows} == {row.key for row in cuts}
            for row in found.rows:
                same = [one for one in cuts if one.key == row.key]
                assert row.whole.labour == total([one.labour for one in same], "USD"), row.key
                assert row.whole.seconds == sum(one.seconds for one in same) == sum(row.months)
                assert row.whole.revenue == total([one.revenue for one in same], "USD")

        vendors = {row.key: row for row in profit.everywhere(SPAN, CutBy.VENDOR, at=AT).rows}
        (named,) = (row for key, row in vendors.items() if key)
        assert named.whole.seconds == 46 * 3600
        assert named.without is not None
        assert named.margin is not None
        assert named.without > named.margin
        roles = {row.key: row for row in profit.everywhere(SPAN, CutBy.ROLE, at=AT).rows}
        assert "0.0% costed, 85.0% needed" in roles["temporary"].refused
        assert not roles["technician"].refused
        with pytest.raises(profit.BadPeriod, match="one client only"):
            profit.everywhere(SPAN, CutBy.SERVER, at=AT)

    def test_shows_all_clients_by_vendor_on_a_page(self) -> None:
        """The page's cells, its CSV and the terminal's data are the same; a way that is none is not found."""
        user = users.let_in(email="p@g.example", name="O", role=Role.OWNER, actor=KIM, at=AT)
        self.client.force_login(user)
        span = {"from": "2026-02", "to": "2026-05"}

        for by in ("vendor", "role", "technician", "month"):
            page = self.client.get(f"/profit-by/{by}/", span)
            sheet = self.client.get(f"/profit-by/{by}/", span | {"format": "csv"})
            rows = list(csv.reader(b"".join(sheet.streaming_content).decode().splitlines()))  # type: ignore[attr-defined]
            assert [tuple(row[1:]) for row in rows[1:]] == [r.cells for r in page.context["rows"]]
            assert b"Not inside the numbers" in page.content
        words = self.client.get("/profit-by/vendor/", span).content.decode()
        assert "QuickChart Software took 46 h at 1 client: $2,852.00 of cost" in words
        assert "can&#x27;t tell" in self.client.get("/profit-by/role/", span).content.decode()
        assert self.client.get("/profit-by/server/").status_code == 404
        for by in ("vendor", "role"):
            assert (
                main(["profit", "across", "--by", by, "--from", "2026-02", "--to", "2026-05"]) == 0
            )
        assert main(["profit", "across", "--json"]) == 0

    def test_asks_as_many_questions_for_five_clients_as_for_one(self) -> None:
        """The books are read in a fixed number of queries."""
        with self.assertNumQueries(18):
            profit.portfolio(SPAN, at=AT)

    def test_sees_nothing_that_was_stated_later(self) -> None:
        """Read as of an instant, a later statement does not count; from then on it does."""
        later = Assumption(
            AssumptionKind.HOUR_COST, SPAN.first, "payroll", "role:temporary", amount=usd("40.00")
        )
        profit.state(later, actor=KIM, at=datetime(2026, 7, 20, tzinfo=UTC))

        before = profit.portfolio(SPAN, at=AT).relationships
        after = profit.portfolio(SPAN, at=datetime(2026, 7, 21, tzinfo=UTC)).relationships

        assert {str(o.scope.client): o.word for o in before}["TANGLE"] is Word.UNKNOWN
        assert {str(o.scope.client): o.word for o in after}["TANGLE"] is not Word.UNKNOWN

    def test_lets_only_an_owner_state_costs(self) -> None:
        """What an hour costs is nobody else's to say."""
        statement = Assumption(
            AssumptionKind.OVERHEAD, date(2026, 1, 1), "rent", amount=usd("14.00")
        )

        with pytest.raises(NotAllowed):
            profit.state(statement, actor=BO, at=AT)

    def test_refuses_a_subject_without_a_card(self) -> None:
        """A role nobody has would cost nothing for ever without anybody noticing."""
        statement = Assumption(
            AssumptionKind.HOUR_COST, date(2026, 1, 1), "payroll", "role:wizard", amount=usd("9.00")
        )

        with pytest.raises(profit.UnknownSubject, match="known are owner, senior technician"):
            profit.state(statement, actor=KIM, at=AT)

    def test_answers_on_its_pages_whatever_is_typed(self) -> None:
        """The headline is the worst however rows are sorted; odd numbers, years and records are refused in words."""
        user = users.let_in(email="o@g.example", name="O", role=Role.OWNER, actor=KIM, at=AT)
        self.client.force_login(user)
        span = {"from": "2026-02", "to": "2026-05"}
        stated = {"kind": "overhead cost of an hour", "first": "2026-01-01", "says": "x"}
        kinds = {kind.value for kind in AssumptionKind}

        pages = [self.client.get("/profit/", span | {"sort": s}) for s in ("", "-profit")]

        heads = [page.context["headline"] for page in pages]
        assert heads[0] == heads[1]
        for wrong in ("9999-12", "0001-01"):
            assert b"out of range" in self.client.get("/profit/", {"from": wrong}).content
        for value in ("Infinity", "NaN", "1E99999", "9" * 30):
            for kind in kinds:
                form = stated | {"kind": kind, "value": value}
                page = self.client.post("/profit/assumptions/", form)
                assert b"is no value that can be stated" in page.content, (kind, value)
        happened = {"decision": "abc", "happened": "it"}
        assert self.client.post("/profit/SABLE/decide/", happened).status_code == 404
        typed = {"choice": "exit", "reason": "Said at length", "review": "soon"}
        refused = self.client.post("/profit/SABLE/decide/", typed)
        assert (refused.status_code, b"Said at length" in refused.content) == (422, True)

    def test_draws_each_hour_once(self) -> None:
        """Planned work after a vendor's change is planned, and not the vendor's a second time."""
        card = books.Client.objects.get(code="HARBORV")
        found = profit.relationship(card, SPAN, at=AT)
        pieces = tuple(
            replace(p, work=replace(p.work, proactive=p.work.proactive or n % 2 == 0))
            for n, p in enumerate(found.book.pieces)
        )
        assert any(p.work.proactive and p.work.vendor for p in pieces)
        book = replace(found.book, pieces=pieces)
        facts = replace(found.relationship.facts, work=tuple(p.work for p in pieces))
        mixed = replace(
            found,
            relationship=replace(found.relationship, facts=facts),
            cuts={by: cut(book, by) for by in CutBy},
        )

        figures = " ".join(part.figure for part in hours_bar(mixed, SPAN))

        seconds = {"h": 3600, "min": 60}
        drawn = sum(int(n) * seconds[unit] for n, unit in re.findall(r"(\d+) (h|min)\b", figures))
        assert drawn == sum(p.work.seconds for p in pieces)

    def test_answers_in_the_terminal(self) -> None:
        """The command says the same words; a month that is none is bad input."""
        assert main(["profit", "list", "--from", "2026-02", "--to", "2026-05", "--json"]) == 0
        assert main(["profit", "client", "HARBORV", "--by", "vendor"]) == 0
        assert main(["profit", "client", "NOBODY"]) == 3
        assert main(["profit", "list", "--from", "soon"]) == 8
        assert main(["profit", "what-if", "HARBORV", "--fee", "120", "--json"]) == 0

    def test_refuses_in_the_terminal_what_is_no_amount(self) -> None:
        """Not a number, endless ones and words are refused in words; so is a client nobody knows, wherever."""
        assume = ["profit", "assume", "--from", "2026-01-01", "--why", "x"]

        for value in ("NaN", "Infinity", "sNaN", "1E99999", "1E-99999", "much"):
            for kind in ("overhead", "target-margin"):
                assert main([*assume, kind, value]) == 8, (kind, value)
            assert main(["profit", "what-if", "HARBORV", "--fee", value]) == 8, value
        for words in (["what-if"], ["outcome", "--what", "x"]):
            assert main(["profit", words[0], "NOBODY", *words[1:]]) == 3
        decide = ["profit", "decide", "NOBODY", "keep", "--why", "x", "--review", "2099-01-01"]
        assert main(decide) == 3

    def test_states_as_who_is_named(self) -> None:
        """A technician states no cost in the terminal either; an owner does, under their own name."""
        users.let_in(email="tec@g.example", name="T", role=Role.TECHNICIAN, actor=KIM, at=AT)
        assume = ["profit", "assume", "overhead", "14", "--from", "2026-01-01", "--why", "rent"]

        assert main([*assume, "--as", "tec@g.example"]) == 4
        assert main([*assume, "--as", KIM.label, "--json"]) == 0
        assert books.Assumption.objects.latest("pk").recorded_by == KIM.label


class TestRevenue(TestCase):
    """What the pages call revenue is what the ledger holds."""

    def test_is_the_ledgers(self) -> None:
        """Issued fees, the way back's costs and charges: labour and fee accounts of the same days, and billed fees."""
        told = with_documents("12-the-way-back.yaml")
        span = profit.Span(date(2007, 1, 1), date(2007, 5, 1))

        detail = profit.relationship(told.client, span, at=told.at)

        rows = books.JournalEntry.objects.filter(
            client=told.client, service_day__gte=span.first, service_day__lt=span.end
        ).prefetch_related("postings")
        entries = tuple(row.to_core() for row in rows.select_related("reverses"))
        booked = -(balance(entries, LABOUR, "USD") + balance(entries, FEES, "USD"))
        billed = total([f.to_core().amount for f in books.FeeBilled.objects.current()], "USD")
        assert detail.relationship.revenue == booked + billed
        assert detail.relationship.revenue.minor > 0
