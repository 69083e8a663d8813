"""Places, travel, trips and short notice as real agreements have them: sentences, and prices worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundrules.core.agreements.terms import Agreement
from groundrules.core.ids import TimeEntryId
from groundrules.core.invoices.lines import charge_line
from groundrules.core.rating.answers import Charge
from groundrules.core.rating.rate import rate, uncharged_lines
from groundrules.core.work import WorkPlace
from tests.core.harbor import DESK, TECHNICIAN_A, TECHNICIAN_B
from tests.core.harbor_work import Job, decided, pat_asks, site
from tests.core.rating.test_regimes import agreed

HOURS = 'Hours: local time of "America/Los_Angeles"; open Wednesday 08:00 to 17:00.'
RATES = "Rates: an hour costs 100.00 USD."
PAID = "Clause 1: any work is billable at the base rate."
EXACT = "Rounding: charged time is rounded up to 1 minutes per issue, person and local day."
BY_PLACE = (
    "Rounding: charged time is rounded up to 30 minutes per issue, person and local day; "
    "on site to 60 minutes, at least 120 minutes."
)
COVERED_REMOTELY = (
    "Clause 2: any work, done remotely, is covered. It takes precedence over clause 1."
)
HALF_PRICE_TRAVEL = (
    "Clause 2: any work, done while travelling, is billable at 0.5 times the base rate. "
    "It takes precedence over clause 1."
)
TRIP = (
    "Trip (clause 4.7): a trip to the site costs 75.00 USD per person and local day; "
    "only when work there is charged."
)
HALF_HOUR_TRIP = (
    "Trip: a trip to the site costs 30 minutes at the base rate per issue, person and local day; "
    "also when work there is not charged."
)
PEOPLE = {"A": TECHNICIAN_A, "B": TECHNICIAN_B}
NOTICE = (
    "Short notice (clause 4.8): work costs more that was asked for late: 60 minutes at the base rate "
    "when less than 168 hours before; 500.00 USD on site when less than 24 hours before; only when it is charged."
)


def job(start: str, end: str, place: WorkPlace, **changes: object) -> Job:
    """This function will build a job in a place on Wednesday 2007-02-28."""
    made = Job(site(f"2007-02-28 {start}"), site(f"2007-02-28 {end}"), place=place)
    return replace(made, **changes)  # type: ignore[arg-type]  # the fields of a Job, by name


def charged(agreement: Agreement, *jobs: Job) -> list[str]:
    """This function will say what several jobs come to, each an entry of its own."""
    return [str(charge.amount) for charge in charges(agreement, *jobs)]


def charges(agreement: Agreement, *jobs: Job) -> tuple[Charge, ...]:
    """This function will rate several jobs together."""
    numbered = [replace(one, id=f"TE-{number}") for number, one in enumerate(jobs)]
    return rate([decided(one, agreement) for one in numbered], agreement)


class TestRoundingByPlace:
    @pytest.mark.parametrize(
        ("minutes", "place", "amount"),
        [
            ("09:31", WorkPlace.REMOTE, "$100.00"),
            ("09:05", WorkPlace.ON_SITE, "$200.00"),
            ("11:05", WorkPlace.ON_SITE, "$300.00"),
        ],
        ids=["half hours remotely", "two hours on site at least", "then whole hours"],
    )
    def test_gives_each_place_its_own_increment_and_minimum(
        self, minutes: str, place: WorkPlace, amount: str
    ) -> None:
        """Remote 30 minutes; on site 60 minutes, at least two hours."""
        agreement = agreed(HOURS, RATES, BY_PLACE, PAID)

        assert charged(agreement, job("09:00", minutes, place)) == [amount]

    def test_rounds_each_place_apart(self) -> None:
        """Five minutes remotely and five on site of one issue are half an hour and two hours."""
        agreement = agreed(HOURS, RATES, BY_PLACE, PAID)

        found = charged(
            agreement,
            job("09:00", "09:05", WorkPlace.REMOTE),
            job("10:00", "10:05", WorkPlace.ON_SITE),
        )

        assert found == ["$50.00", "$200.00"]

    def test_names_the_rule_of_the_place(self) -> None:
        """The working says what it was rounded to, so that nobody wonders."""
        agreement = agreed(HOURS, RATES, BY_PLACE, PAID)

        (charge,) = charges(agreement, job("09:00", "09:05", WorkPlace.ON_SITE))

        assert "2.00 h (the agreed minimum)" in charge.working
        assert "rounding up to 60 min" in charge.working


class TestTravel:
    def test_is_charged_as_its_clause_says(self) -> None:
        """An hour on the road at half price, an hour there at full price."""
        agreement = agreed(HOURS, RATES, EXACT, PAID, HALF_PRICE_TRAVEL)

        found = charged(
            agreement,
            job("09:00", "10:00", WorkPlace.TRAVEL),
            job("10:00", "11:00", WorkPlace.ON_SITE),
        )

        assert found == ["$50.00", "$100.00"]

    def test_says_what_would_be_otherwise_elsewhere(self) -> None:
        """The place is a fact like any other: the decision names it and what would change it."""
        agreement = agreed(HOURS, RATES, EXACT, PAID, COVERED_REMOTELY)

        (segment,) = decided(job("09:00", "10:00", WorkPlace.ON_SITE), agreement).segments

        assert "The entry says the work was done on site." in [r.sentence for r in segment.reasons]
        assert "If the work had been done remotely, it would be covered under clause 2." in [
            flip.sentence for flip in segment.flips
        ]


class TestTrips:
    def test_cost_once_for_each_person_and_day(self) -> None:
        """Two visits in a day are one trip; the day after is another."""
        agreement = agreed(HOURS, RATES, EXACT, PAID, TRIP)
        next_day = job("09:00", "10:00", WorkPlace.ON_SITE)
        later = replace(next_day, start=site("2007-03-01 09:00"), end=site("2007-03-01 10:00"))

        found = charges(
            agreement,
            job("09:00", "10:00", WorkPlace.ON_SITE),
            job("14:00", "15:00", WorkPlace.ON_SITE, issue="printer"),
            later,
        )

        trips = [charge for charge in found if charge.key.beside]
        assert [(str(c.amount), str(c.service_day)) for c in trips] == [
            ("$75.00", "2007-02-28"),
            ("$75.00", "2007-03-01"),
        ]
        assert trips[0].entries == (TimeEntryId("TE-0"), TimeEntryId("TE-1"))
        assert trips[0].working == "on site on Wed 2007-02-28, one trip: $75.00"

    def test_are_not_charged_for_work_that_is_not(self) -> None:
        """Work from the desk is no trip, and covered work on site brings none where the sentence says so."""
        covered = "Clause 2: any work, done on site, is covered. It takes precedence over clause 1."
        agreement = agreed(HOURS, RATES, EXACT, PAID, covered, TRIP)

        found = charged(
            agreement,
            job("09:00", "10:00", WorkPlace.REMOTE),
            job("11:00", "12:00", WorkPlace.ON_SITE),
        )

        assert found == ["$100.00"]

    def test_may_cost_time_also_where_the_work_is_covered(self) -> None:
        """Half an hour at the base rate for each issue, though the work itself is shown at 0.00."""
        covered = "Clause 2: any work, done on site, is covered. It takes precedence over clause 1."
        agreement = agreed(HOURS, RATES, EXACT, PAID, covered, HALF_HOUR_TRIP)
        jobs = [
            job("09:00", "10:00", WorkPlace.ON_SITE),
            job("11:00", "12:00", WorkPlace.ON_SITE, issue="printer"),
        ]

        found = charges(agreement, *jobs)

        assert [(str(c.amount), c.minutes_charged) for c in found] == [("$50.00", 30)] * 2
        assert [line.covered for line in uncharged_lines([decided(jobs[0], agreement)])] == [True]

    def test_are_lines_of_their_own(self) -> None:
        """A fixed amount shows no time; half an hour shows it, at the base rate."""
        fixed = agreed(HOURS, RATES, EXACT, PAID, TRIP)
        timed = agreed(HOURS, RATES, EXACT, PAID, HALF_HOUR_TRIP)
        visit = job("09:00", "10:00", WorkPlace.ON_SITE)

        lines = [charge_line(c) for a in (fixed, timed) for c in charges(a, visit)]

        assert [
            (line.description, line.minutes) for line in lines if "Trip" in line.description
        ] == [
            ("Trip to the site: SRV1", None),
            ("Trip to the site: drive array (SRV1)", 30),
        ]


class TestShortNotice:
    @pytest.mark.parametrize(
        ("asked", "place", "surcharge"),
        [
            ("2007-02-20 09:00", WorkPlace.REMOTE, []),
            ("2007-02-21 10:01", WorkPlace.REMOTE, ["$100.00"]),
            ("2007-02-28 09:59", WorkPlace.REMOTE, ["$100.00"]),
            ("2007-02-27 10:00", WorkPlace.ON_SITE, ["$100.00"]),
            ("2007-02-27 10:01", WorkPlace.ON_SITE, ["$500.00"]),
        ],
        ids=["a week ahead", "within the week", "at once", "a day ahead", "within the day on site"],
    )
    def test_costs_the_dearest_step_that_applies(
        self, asked: str, place: WorkPlace, surcharge: list[str]
    ) -> None:
        """One hour more within a week; 500.00 within 24 hours on site, not both."""
        agreement = agreed(HOURS, RATES, EXACT, PAID, NOTICE)
        work = job("10:00", "11:00", place, asked_at=site(asked))

        found = charges(agreement, work)

        assert [str(c.amount) for c in found if c.key.beside] == surcharge
        assert [str(c.amount) for c in found if not c.key.beside] == ["$100.00"]

    def test_is_charged_once_for_each_request(self) -> None:
        """Two stretches of work that answer one request bring one surcharge, by the first of them."""
        agreement = agreed(HOURS, RATES, EXACT, PAID, NOTICE)
        asked = site("2007-02-28 08:00")

        found = charges(
            agreement,
            job("10:00", "11:00", WorkPlace.REMOTE, asked_at=asked),
            job("14:00", "15:00", WorkPlace.REMOTE, asked_at=asked),
        )

        (notice,) = (charge for charge in found if charge.key.beside)
        assert str(notice.amount) == "$100.00"
        assert notice.working == (
            "asked for on Wed 2007-02-28 08:00 PST, begun on Wed 2007-02-28 10:00 PST: "
            "less than 168 h before: 1.00 h x $100.00 = $100.00"
        )

    def test_does_not_count_what_was_going_on_already(self) -> None:
        """A word to keep going is no call at short notice."""
        agreement = agreed(HOURS, RATES, EXACT, PAID, NOTICE)
        work = job("10:00", "12:00", WorkPlace.ON_SITE, asked_at=site("2007-02-28 11:00"))

        assert charged(agreement, work) == ["$200.00"]

    @pytest.mark.parametrize("cut", ["10:30", "11:00", "11:30"])
    @pytest.mark.parametrize("technician", ["A", "B"])
    def test_does_not_count_it_when_written_down_as_two_entries(
        self, cut: str, technician: str
    ) -> None:
        """An entry cut before, at or after its request costs what it cost whole, whoever went on."""
        agreement = agreed(HOURS, RATES, EXACT, PAID, NOTICE)
        asked, other = site("2007-02-28 11:00"), PEOPLE[technician]
        begun = None if cut == "11:00" else asked
        first = job("10:00", cut, WorkPlace.ON_SITE, asked_at=begun)
        second = job(cut, "12:00", WorkPlace.ON_SITE, asked_at=asked, technician=other)

        found = charges(agreement, first, second)

        assert [charge for charge in found if charge.key.beside] == []

    def test_counts_work_asked_for_after_a_pause(self) -> None:
        """Work on the issue that had ended when somebody asked was not going on: it is asked for anew."""
        agreement = agreed(HOURS, RATES, EXACT, PAID, NOTICE)
        asked = site("2007-02-28 11:00")

        found = charges(
            agreement,
            job("08:00", "10:59", WorkPlace.ON_SITE),
            job("12:00", "13:00", WorkPlace.ON_SITE, asked_at=asked),
        )

        assert [str(charge.amount) for charge in found if charge.key.beside] == ["$500.00"]

    @pytest.mark.parametrize(
        ("named", "surcharge"),
        [(("Printer", "Mail"), ["$500.00"]), (("Work on SRV1", "Work on SRV1"), [])],
        ids=["issues named", "none named"],
    )
    def test_spares_what_is_not_known_to_be_other_work(
        self, named: tuple[str, str], surcharge: list[str]
    ) -> None:
        """Two jobs on a server of which nobody wrote what they were about: in doubt the client is not charged."""
        agreement = agreed(HOURS, RATES, EXACT, PAID, NOTICE)
        asked = site("2007-02-28 11:00")

        found = charges(
            agreement,
            job("10:00", "11:30", WorkPlace.REMOTE, issue=named[0]),
            job("14:00", "15:00", WorkPlace.ON_SITE, asked_at=asked, issue=named[1]),
        )

        assert [str(charge.amount) for charge in found if charge.key.beside] == surcharge

    def test_needs_somebody_who_may_ask(self) -> None:
        """What nobody with authority asked for or ratified has no notice, short or long."""
        agreement = agreed(HOURS, RATES, EXACT, PAID, NOTICE)
        asked = pat_asks("2007-02-28 10:00", "2007-02-28 11:00", asked_by=DESK)

        assert charged(agreement, asked) == ["$100.00"]
