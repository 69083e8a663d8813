"""Costs, cuts and refusals of profitability."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.ids import AssetId, ClientId, TechnicianId, TimeEntryId, VendorId
from groundrules.core.money import Money, total
from groundrules.core.parties import CostRate, Technician
from groundrules.core.periods import Period
from groundrules.core.profitability import Alarm, AlarmKind, Worked
from groundrules.core.profitability.assumptions import (
    AMOUNTS,
    Assumption,
    AssumptionKind,
    AssumptionRefused,
    Assumptions,
    refuse_misplaced,
    tools_cost,
)
from groundrules.core.profitability.cuts import Book, CutBy, Earned, Piece, cut
from groundrules.core.profitability.hours import hourly_cost
from groundrules.core.profitability.quality import Quality, refusals
from groundrules.core.profitability.relationship import Scope, Word, judge

HARBOR = ClientId("HARBOR")
JANUARY = date(2026, 1, 1)
MONTHS = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))


def usd(amount: str | int) -> Money:
    """This function will read an amount in US dollars."""
    return Money.of(amount, "USD")


def hour_cost(subject: str, amount: str, first: date = JANUARY) -> Assumption:
    """This function will state what somebody's hour costs."""
    return Assumption(AssumptionKind.HOUR_COST, first, "payroll", subject, amount=usd(amount))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """This function will return an instant of January."""
    return datetime(2026, 1, day, hour, minute, tzinfo=UTC)


def piece(entry: str, hours: int, **differing: Any) -> Piece:  # noqa: ANN401 - any field of a piece
    """This function will build costed work of Alex on SRV1 in January."""
    work = Worked(TimeEntryId(entry), hours * 3600, usd(hours * 60), False, None, usd(0))  # noqa: FBT003 - the field
    whole = Piece(
        work, HARBOR, date(2026, 1, 15), TechnicianId("A"), "technician", AssetId("SRV1"), "MSA v1"
    )
    return replace(whole, **differing)


def fee(month: date, amount: str) -> Earned:
    """This function will build a month's fee for SRV1."""
    return Earned(HARBOR, month, usd(amount), f"fee {month}", True, AssetId("SRV1"))  # noqa: FBT003 - the field


SCOPE = Scope(HARBOR, "Harbor Dental", MONTHS, 10, usd(150))
BOOK = Book("USD", (piece("TE-1", 10),), tuple(fee(m, "1000.00") for m in MONTHS), {})


class TestHourlyCost:
    def test_takes_a_statement_before_the_card_and_the_card_before_the_role(self) -> None:
        """The nearest figure wins, each from its own day on."""
        card = CostRate(usd(55), Period(at(10, 0), at(20, 0)))
        alex = Technician(TechnicianId("A"), "Alex", (card,), "senior")
        stated = Assumptions(
            (
                hour_cost("role:senior", "48.00"),
                hour_cost("technician:A", "62.00", date(2026, 1, 15)),
            )
        )

        cost = hourly_cost(alex, stated, "UTC")

        assert [cost.at(at(day, 12)) for day in (5, 12, 16, 25)] == [
            usd(48),
            usd(55),
            usd(62),
            usd(62),
        ]

    def test_costs_each_second_at_the_rate_of_its_day(self) -> None:
        """A raise at midnight splits an entry that crosses it, and rounds once."""
        stated = Assumptions(
            (
                hour_cost("role:technician", "50.00"),
                hour_cost("role:technician", "60.01", date(2026, 1, 8)),
            )
        )
        alex = Technician(TechnicianId("A"), "Alex")

        cost = hourly_cost(alex, stated, "UTC").cost_of(Period(at(7, 23), at(8, 0, 30)))

        assert cost == usd("80.01")

    def test_has_no_cost_where_a_second_has_no_rate(self) -> None:
        """Half an hour before the first statement makes the whole stretch uncosted, never half free."""
        alex = Technician(TechnicianId("A"), "Alex")
        stated = Assumptions((hour_cost("role:technician", "50.00", date(2026, 1, 8)),))

        cost = hourly_cost(alex, stated, "UTC")

        assert cost.cost_of(Period(at(7, 23), at(8, 1))) is None
        assert cost.cost_of(Period(at(8, 1), at(8, 2))) == usd(50)

    def test_leaves_out_what_was_stated_for_one_client(self) -> None:
        """An hour of a person costs the same wherever it is worked; such a statement is refused since."""
        stated = Assumptions((replace(hour_cost("technician:A", "10.00"), client=HARBOR),))

        assert (
            hourly_cost(Technician(TechnicianId("A"), "Alex"), stated, "UTC").at(at(5, 1)) is None
        )


class TestAssumptions:
    @pytest.mark.parametrize(
        ("kind", "about", "says"),
        [
            ("hour-cost", {"subject": "role:x", "client": HARBOR}, "the same at every client"),
            ("hour-cost", {"subject": "Alex"}, "write role:NAME"),
            ("hours-available", {}, "write role:NAME"),
            ("target-margin", {"client": HARBOR, "asset": AssetId("SRV1")}, "no one server"),
            ("overhead", {"subject": "rent"}, "leave 'rent' out"),
        ],
    )
    def test_refuse_what_would_decide_nothing(
        self, kind: str, about: dict[str, Any], says: str
    ) -> None:
        """A statement about something its kind is never asked about would look stated and count for nothing."""
        of = AssumptionKind(kind)
        value = {"amount": usd(9)} if of in AMOUNTS else {"number": Fraction(1)}
        one = Assumption(of, JANUARY, "plan", **value, **about)

        with pytest.raises(AssumptionRefused, match=says):
            refuse_misplaced(one)

    def test_ignore_an_amount_in_another_currency(self) -> None:
        """A company target in dollars says nothing of a client billed in euros, and stops no page."""
        target = Assumption(AssumptionKind.TARGET_RATE, JANUARY, "plan", amount=usd(200))
        tool = Assumption(AssumptionKind.TOOL, JANUARY, "list", "backup", HARBOR, amount=usd(9))
        stated = Assumptions((target, tool))

        assert stated.amount(AssumptionKind.TARGET_RATE, JANUARY, HARBOR, "EUR") is None
        assert stated.amount(AssumptionKind.TARGET_RATE, JANUARY, HARBOR, "USD") == usd(200)
        assert tools_cost(stated, HARBOR, MONTHS, "EUR") == {}

    def test_are_replaced_from_a_day_on_and_never_before(self) -> None:
        """A tool's new price counts from its month; stated at nothing it has ended."""

        def tool(amount: str, first: date) -> Assumption:
            return Assumption(
                AssumptionKind.TOOL, first, "price list", "backup", HARBOR, amount=usd(amount)
            )

        stated = Assumptions(
            (tool("45.00", MONTHS[0]), tool("0", MONTHS[2]), tool("50.00", MONTHS[1]))
        )

        found = [tools_cost(stated, HARBOR, (m,), "USD")[None] for m in MONTHS]

        assert found == [usd(45), usd(50), usd(0)]

    def test_prefer_the_clients_own_target(self) -> None:
        """Without any statement the sourced default holds."""
        kind = AssumptionKind.TARGET_MARGIN
        everyone = Assumption(kind, JANUARY, "plan", number=Fraction("0.55"))
        own = Assumption(kind, JANUARY, "agreed", client=HARBOR, number=Fraction("0.4"))

        assert Assumptions().number(kind, JANUARY) == Fraction("0.462")
        assert Assumptions((everyone, own)).number(kind, JANUARY, HARBOR) == Fraction("0.4")
        assert Assumptions((everyone, own)).number(kind, JANUARY) == Fraction("0.55")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"says": " "},
            {"amount": None},
            {"amount": Money(-1, "USD")},
            {"subject": ""},
            {"kind": AssumptionKind.TOOL, "subject": "backup"},
        ],
    )
    def test_refuse_what_says_too_little(self, wrong: dict[str, Any]) -> None:
        """No source, no value, a negative value, no subject, or a tool of nobody."""
        with pytest.raises(AssumptionRefused):
            replace(hour_cost("role:technician", "50.00"), **wrong)


class TestRefusals:
    def test_refuse_a_number_that_would_mislead(self) -> None:
        """Too few days, too many hours without a rate, too many logins nobody logged: each with its figures."""
        poor = Quality(36000, 18000, 0, 36000, 20, has_revenue=True)

        found = refusals(poor, Fraction("0.85"), 60)

        assert [reason.split()[0] for reason in found] == ["Only", "No", "Logins"]
        assert "5 h of 10 h worked (50.0% costed, 85.0% needed)" in found[1]

    def test_let_a_known_period_pass(self) -> None:
        """Everything costed and logged over long enough."""
        assert refusals(Quality(36000, 0, 0, 0, 90, has_revenue=True), Fraction("0.85"), 60) == ()


class TestJudge:
    def test_keeps_what_earns_its_keep(self) -> None:
        """Fees of 3,000 against ten hours."""
        scope = replace(SCOPE, hourly=usd(300))

        assert judge(BOOK, scope, Assumptions()).word is Word.GOOD

    def test_flags_a_profit_that_is_next_to_nothing(self) -> None:
        """Revenue 3,000, cost 2,960: within the band of 2 % it breaks even, however large the revenue."""
        book = replace(BOOK, tools={(MONTHS[0], None): usd(2360)})

        assert judge(book, SCOPE, Assumptions()).word is Word.BREAKS_EVEN

    def test_tells_a_vendor_from_a_bad_client(self) -> None:
        """The same hours are the vendor's in one book and the client's own in the other."""
        work = replace(
            BOOK.pieces[0].work, seconds=45 * 3600, cost=usd(2700), vendor=VendorId("V1")
        )
        vendors = replace(BOOK, pieces=(*BOOK.pieces, piece("TE-2", 45, work=work)))
        own = replace(
            vendors, pieces=(*BOOK.pieces, piece("TE-2", 45, work=replace(work, vendor=None)))
        )

        assert judge(vendors, SCOPE, Assumptions()).word is Word.VENDOR
        assert judge(own, SCOPE, Assumptions()).word is Word.LOSES

    def test_shows_no_number_where_the_hour_has_no_cost(self) -> None:
        """Uncosted hours are never free: the word says so and the measures are gone."""
        work = replace(BOOK.pieces[0].work, cost=None)

        found = judge(replace(BOOK, pieces=(piece("TE-1", 10, work=work),)), SCOPE, Assumptions())

        assert (found.word, found.answer) == (Word.UNKNOWN, None)
        assert found.refused[0].startswith("No cost rate is on record for 10 h")

    def test_alarms_at_the_target_margin_not_at_zero(self) -> None:
        """A margin of 40 % under a target of 46.2 % is an alarm although there is profit."""
        book = replace(BOOK, tools={(MONTHS[0], None): usd(1200)})

        answer = judge(book, SCOPE, Assumptions()).answer

        assert answer is not None
        assert AlarmKind.BELOW_MARGIN in {alarm.kind for alarm in answer.alarms}

    @pytest.mark.parametrize(
        ("kind", "stated", "alarm", "sentence"),
        [
            ("efficiency-low", "2", AlarmKind.UNDERPAID, "pays 166.7% of what the work would cost"),
            (
                "rhem",
                "0.3",
                AlarmKind.MANY_REPAIRS,
                "0.33 h for each endpoint and month; 0.30 h is",
            ),
        ],
    )
    def test_alarms_by_every_benchmark(
        self, kind: str, stated: str, alarm: AlarmKind, sentence: str
    ) -> None:
        """Ten hours of repairs on ten endpoints in three months: a stated benchmark decides."""
        of = AssumptionKind(kind)
        mine = Assumptions((Assumption(of, JANUARY, "ours", number=Fraction(stated)),))
        scope = replace(SCOPE, hourly=usd(180))

        found = {a.kind: a.sentence for a in _alarms(scope, mine)}

        assert alarm not in {a.kind for a in _alarms(replace(scope, endpoints=100), Assumptions())}
        assert sentence in found[alarm]

    def test_aims_beyond_the_target(self) -> None:
        """A relationship that earns its keep below the good margin is told what is left to aim for."""
        book = replace(BOOK, tools={(MONTHS[0], None): usd(900)})
        scope = replace(SCOPE, hourly=usd(150))

        answer = judge(book, scope, Assumptions()).answer

        assert answer is not None
        assert answer.advice[0].sentence == (
            "It earns its keep; a margin of 65.0% is still to be aimed for."
        )


def _alarms(scope: Scope, stated: Assumptions) -> tuple[Alarm, ...]:
    answer = judge(BOOK, scope, stated).answer
    assert answer is not None
    return answer.alarms


PIECES = st.lists(
    st.tuples(
        st.integers(1, 50),
        st.sampled_from([None, "SRV1", "SRV2"]),
        st.sampled_from([None, "V1", "V2"]),
        st.integers(1, 3),
        st.sampled_from(["A", "B"]),
        st.booleans(),
    ),
    max_size=12,
)


class TestCut:
    @given(drawn=PIECES, by=st.sampled_from(list(CutBy)))
    def test_adds_up_to_the_whole(
        self, drawn: list[tuple[int, str | None, str | None, int, str, bool]], by: CutBy
    ) -> None:
        """Whatever the cut, its rows hold every second and every cent once; what belongs nowhere has its own row."""
        pieces = tuple(
            piece(
                f"TE-{n}",
                hours,
                work=Worked(
                    TimeEntryId(f"TE-{n}"),
                    hours * 3600,
                    usd(hours * 60) if costed else None,
                    costed,
                    VendorId(vendor) if vendor else None,
                    usd(0),
                ),
                day=date(2026, month, 9),
                asset=AssetId(asset) if asset else None,
                technician=TechnicianId(who),
            )
            for n, (hours, asset, vendor, month, who, costed) in enumerate(drawn)
        )
        tools = {(MONTHS[0], AssetId("SRV1")): usd(45), (MONTHS[1], None): usd(12)}
        book = Book("USD", pieces, tuple(fee(m, "350.00") for m in MONTHS), tools)

        rows = cut(book, by)

        assert sum(row.seconds for row in rows) == sum(p.work.seconds for p in pieces)
        assert total([row.revenue for row in rows], "USD") == usd(1050)
        assert total([row.tools for row in rows], "USD") == usd(57)
        costs = [p.work.cost for p in pieces if p.work.cost is not None]
        assert total([row.labour for row in rows], "USD") == total(costs, "USD")
