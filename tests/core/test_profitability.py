from dataclasses import replace
from fractions import Fraction

import pytest

from groundrules.core.ids import TimeEntryId, VendorId
from groundrules.core.money import Money
from groundrules.core.profitability import (
    AlarmKind,
    RelationshipFacts,
    Step,
    Worked,
    margin,
    percent,
    vendor_costs,
    worked,
)
from groundrules.core.work import WorkType
from tests.core.harbor import TECHNICIAN_A, V1
from tests.core.harbor_work import V1_BROKE_IT, Job, decided, site


def usd(amount: str) -> Money:
    """This function will read an amount in US dollars."""
    return Money.of(amount, "USD")


def work(
    entry: str, hours: str, *, proactive: bool = False, vendor: VendorId | None = None
) -> Worked:
    """This function will build hours at the burdened cost of $55."""
    seconds = int(Fraction(hours) * 3600)
    cost = usd("55.00").times(Fraction(hours))
    forgone = usd("150.00").times(Fraction(hours)) if vendor else usd("0")
    return Worked(TimeEntryId(entry), seconds, cost, proactive, vendor, forgone)


MONTH = RelationshipFacts(
    revenue=usd("2400.00"),
    tools=usd("300.00"),
    endpoints=20,
    target=usd("150.00"),
    hourly=usd("150.00"),
    work=(work("TE-1", "8", proactive=True), work("TE-2", "4.5"), work("TE-3", "9.5", vendor=V1)),
)


class TestScenarioTwenty:
    def test_measures_the_month(self) -> None:
        """EHR $95.45, gross profit +$890, AGP 37.1 %, RHEM 0.70."""
        found = margin(MONTH).measures

        assert found.hourly_rate == usd("95.45")
        assert found.gross_profit == usd("890.00")
        assert found.margin is not None
        assert percent(found.margin) == "37.1%"
        assert found.rhem == Fraction(7, 10)
        assert found.working == (
            "($2,400.00 - $300.00) / 22.00 h = $95.45",
            "$2,400.00 - $300.00 - $1,210.00 = $890.00",
        )

    def test_alarms_though_there_is_profit(self) -> None:
        """Below target is an alarm even at +$890."""
        (alarm,) = margin(MONTH).alarms

        assert alarm.kind is AlarmKind.BELOW_TARGET
        assert alarm.sentence == (
            "It earns $95.45 an hour, below the target of $150.00; gross profit is $890.00."
        )

    def test_measures_it_net_of_the_vendor(self) -> None:
        """Without V1: 12.5 h, EHR $168.00, AGP 58.9 %, RHEM 0.225."""
        (net,) = margin(MONTH).net_of

        assert net.measures.seconds == int(12.5 * 3600)
        assert net.measures.hourly_rate == usd("168.00")
        assert net.measures.margin is not None
        assert percent(net.measures.margin) == "58.9%"
        assert net.measures.rhem == Fraction(225, 1000)

    def test_says_what_the_vendor_cost(self) -> None:
        """$522.50 of cost and $1,425.00 forgone."""
        (net,) = margin(MONTH).net_of

        assert (net.cost.cost, net.cost.forgone) == (usd("522.50"), usd("1425.00"))
        assert net.cost.entries == ("TE-3",)

    def test_advises_the_vendor_before_exit(self) -> None:
        """Change the vendor, then the agreement, and part last."""
        advice = margin(MONTH).advice

        assert [a.step for a in advice] == [Step.CHANGE_VENDOR, Step.CHANGE_AGREEMENT, Step.EXIT]
        assert advice[0].vendor == V1
        assert "earns $168.00 an hour, which reaches the target" in advice[0].sentence
        assert advice[1].sentence == (
            "At today's hours the target needs $3,600.00 of revenue instead of $2,400.00."
        )

    def test_flags_exactly_nothing(self) -> None:
        """Nobody leaves the house to break even."""
        even = replace(MONTH, revenue=usd("1510.00"))

        alarms = {alarm.kind: alarm.sentence for alarm in margin(even).alarms}

        assert alarms[AlarmKind.NO_MARGIN] == "It breaks even: gross profit is $0.00."

    def test_lists_hours_without_a_cost_rate(self) -> None:
        """They are not free: the profit is at most what is shown."""
        uncosted = replace(work("TE-4", "2"), cost=None)

        found = margin(replace(MONTH, work=(*MONTH.work, uncosted)))

        assert found.uncosted == ("TE-4",)
        assert found.measures.seconds == 24 * 3600
        assert any(
            alarm.sentence == "No cost rate is on record for TE-4; the profit is at most $890.00."
            for alarm in found.alarms
        )


class TestMargin:
    def test_keeps_what_earns_its_keep(self) -> None:
        """Above target there is nothing to change."""
        found = margin(replace(MONTH, revenue=usd("4000.00")))

        assert found.alarms == ()
        assert [a.step for a in found.advice] == [Step.KEEP]

    def test_warns_of_a_client_who_pays_far_above_use(self) -> None:
        """Paying 1.5 times what the work would cost is a flight risk, not a success."""
        found = margin(replace(MONTH, revenue=usd("9000.00")))

        assert [alarm.kind for alarm in found.alarms] == [AlarmKind.FLIGHT_RISK]

    def test_offers_formula_b(self) -> None:
        """With products bundled, the retail value is taken off instead of their cost."""
        facts = replace(
            MONTH,
            revenue=usd("3000.00"),
            tools=usd("700.00"),
            bundled_retail=usd("1000.00"),
            work=(work("TE-1", "20"),),
        )

        found = margin(facts).measures

        assert (found.hourly_rate, found.hourly_rate_retail) == (usd("115.00"), usd("100.00"))

    def test_takes_earnings_away_with_the_vendor(self) -> None:
        """What was charged for cleaning up after V1 leaves with V1."""
        facts = replace(MONTH, earned_by_vendor={V1: usd("1425.00")})

        (net,) = margin(facts).net_of

        assert net.measures.hourly_rate == usd("54.00")
        assert Step.CHANGE_VENDOR not in {a.step for a in margin(facts).advice}

    def test_answers_without_hours_or_endpoints(self) -> None:
        """No hours give no hourly rate, rather than a wrong one."""
        found = margin(replace(MONTH, work=(), endpoints=0)).measures

        assert (found.hourly_rate, found.rhem, found.efficiency) == (None, None, None)

    def test_answers_without_revenue(self) -> None:
        """No revenue gives no margin, and loses money."""
        found = margin(replace(MONTH, revenue=usd("0")))

        assert found.measures.margin is None
        assert "It loses money" in {a.sentence[:14] for a in found.alarms}

    @pytest.mark.parametrize(
        ("share", "says"),
        [(Fraction(1, 3), "33.3%"), (Fraction(-1, 8), "-12.5%"), (Fraction(1, 2000), "0.1%")],
    )
    def test_writes_percentages_half_away_from_zero(self, share: Fraction, says: str) -> None:
        """One decimal place, the same on both sides of nothing."""
        assert percent(share) == says


class TestVendorCosts:
    def test_come_from_the_decisions(self) -> None:
        """Scenario 5: 6.5 h in version 1 cost $357.50 and $975.00 forgone, all V1's."""
        job = Job(
            site("2007-02-22 08:00"),
            site("2007-02-22 14:30"),
            work_type=WorkType.REMEDIATION,
            cause=V1_BROKE_IT,
        )

        (cost,) = vendor_costs(worked([decided(job)], frozenset(), "USD"), "USD")

        assert (cost.vendor, cost.cost, cost.forgone) == (V1, usd("357.50"), usd("975.00"))

    def test_list_what_has_no_rate(self) -> None:
        """A technician without a cost rate is named, not free."""
        job = Job(
            site("2007-02-22 08:00"),
            site("2007-02-22 09:00"),
            technician=replace(TECHNICIAN_A, cost_rates=()),
            cause=V1_BROKE_IT,
        )

        (cost,) = vendor_costs(worked([decided(job)], frozenset(), "USD"), "USD")

        assert (cost.cost, cost.uncosted) == (usd("0"), ("TE-1",))

    def test_put_the_dearest_vendor_first(self) -> None:
        """The order is by what they cost, not by name."""
        other = VendorId("V0")

        costs = vendor_costs((work("TE-1", "1", vendor=other), work("TE-2", "2", vendor=V1)), "USD")

        assert [cost.vendor for cost in costs] == [V1, other]
