from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

from groundrules.core.calendars import HoursBand
from groundrules.core.money import Money
from groundrules.core.parties import PartyKind
from tests.readers.case_file.writing import SMALL, read, refusal_of, with_line


class TestReadCase:
    """A whole, well-written case."""

    def test_builds_the_world(self) -> None:
        """Every part of the file becomes a value of the core."""
        case = read(SMALL)

        version = case.world.agreement.versions[0]
        assert case.title == "A small case"
        assert version.rates.hourly == Money(15000, "USD")
        assert version.rates.multipliers == {HoursBand.AFTER_HOURS: Fraction(2)}
        assert version.rounding.increment_minutes == 15
        assert version.rounding.minimum_minutes == {HoursBand.AFTER_HOURS: 60}
        assert version.clauses[0].number == "3.2"

    def test_reads_a_day_as_its_first_instant_in_the_zone(self) -> None:
        """`from: 2007-01-01` begins at midnight in Los Angeles, which is 08:00 UTC."""
        case = read(SMALL)

        start = case.world.agreement.versions[0].in_force.start
        assert start == datetime(2007, 1, 1, 8, tzinfo=UTC)

    def test_knows_whose_an_account_is(self) -> None:
        """`party: V1` becomes the vendor with its name."""
        case = read(SMALL)

        party = case.world.accounts[0].party
        assert (party.kind, party.id, party.name) == (PartyKind.VENDOR, "V1", "Rogue")

    def test_gives_a_change_the_key_of_the_session_it_names(self) -> None:
        """`in_session` says that the record carries that session's key."""
        text = with_line(
            "sessions:\n"
            "  - {id: S1, asset: SRV1, account: rogue-svc, started: 2007-02-21 19:42}\n"
            "changes:\n"
            "  - {id: C1, asset: SRV1, kind: package, component: .NET 2.0, action: removed,"
            " at: 2007-02-21 19:58, in_session: S1, discovered: 2007-02-23 10:15}"
        )

        case = read(text)

        world = case.world
        assert world.changes[0].actor.session_key == world.sessions[0].key == "S1"
        assert world.discovered == {"C1": datetime(2007, 2, 23, 18, 15, tzinfo=UTC)}

    def test_keeps_an_uncertain_time_as_an_interval(self) -> None:
        """`between` gives the earliest and the latest instant."""
        change = "{id: C1, asset: SRV1, kind: password, component: sa, action: altered,"
        text = with_line(f"changes:\n  - {change} between: [2007-02-26 20:00, 2007-02-26 22:00]}}")

        case = read(text)

        assert case.world.changes[0].interval.width.total_seconds() == 7200

    def test_writes_out_the_holidays_of_a_country(self) -> None:
        """`holidays: {country, years}` becomes dates; `except` leaves days out."""
        holidays = "holidays: {country: US, years: [2007], except: [2007-10-08]}"
        text = SMALL.replace("closes: 17:00}]}", f"closes: 17:00}}], {holidays}}}")

        case = read(text)

        found = case.world.agreement.versions[0].calendar.holidays
        assert date(2007, 11, 22) in found
        assert date(2007, 10, 8) not in found

    def test_reads_the_same_case_from_json(self) -> None:
        """JSON and YAML give the same world."""
        minimal = (
            '{"case": 1, "title": "T", "zone": "Asia/Kolkata",'
            ' "provider": {"id": "P", "name": "G", "zone": "Asia/Kolkata"},'
            ' "client": {"id": "H", "name": "Harbor", "zone": "Asia/Kolkata", "currency": "INR"},'
            ' "agreement": {"id": "M", "title": "A", "versions": []}}'
        )

        from_json = read(minimal, "t.json")
        from_yaml = read(minimal, "t.yaml")

        assert from_json.world == from_yaml.world


class TestBases:
    """One file laid over another."""

    def test_lays_a_case_over_its_base(self) -> None:
        """Keys win over the base; entries with an id merge by it; new ones are added."""
        text = (
            "case: 1\nbase: small.yaml\ntitle: Laid over\n"
            "vendors:\n  - {id: V1, name: Rogue Ltd}\n  - {id: V2, name: Bright, has_no_account: yes}\n"
        )

        case = read(text, "over.yaml", small=SMALL)

        assert case.title == "Laid over"
        assert [vendor.name for vendor in case.world.vendors] == ["Rogue Ltd", "Bright"]
        assert case.world.accounts[0].party.name == "Rogue Ltd"

    def test_takes_a_key_away_with_null(self) -> None:
        """`null` removes what the base said."""
        text = "case: 1\nbase: small.yaml\ntitle: No instant\nat: null\n"

        case = read(text, "over.yaml", small=SMALL)

        assert case.questions == ()

    def test_begins_a_version_with_another(self) -> None:
        """`like: 1` copies version 1 and changes only what it says."""
        text = with_line(
            "    - version: 2\n      like: 1\n      in_force: {from: 2007-03-20}\n"
            "      signed_at: 2007-03-20 00:00\n      rates: {hourly: 160.00 USD}"
        )

        case = read(text)

        first, second = case.world.agreement.versions
        assert second.rates.hourly == Money(16000, "USD")
        assert second.rates.multipliers == first.rates.multipliers
        assert second.clauses == first.clauses

    def test_refuses_a_base_outside_the_folder(self) -> None:
        """A base is a file name, never a path."""
        problems = refusal_of("case: 1\nbase: ../small.yaml\n", "over.yaml")

        assert problems == [
            "over.yaml:2:7: `base` names one file in the same folder, such as base: harbor.yaml"
        ]

    def test_refuses_a_base_that_is_not_there(self) -> None:
        """The missing file is named at the place that names it."""
        problems = refusal_of("case: 1\nbase: gone.yaml\n", "over.yaml")

        assert problems == ['over.yaml:2:7: there is no file "gone.yaml" beside this one']

    def test_refuses_a_base_that_names_itself(self) -> None:
        """A circle of bases ends in one clear sentence."""
        problems = refusal_of(
            "case: 1\nbase: loop.yaml\n", "over.yaml", loop="case: 1\nbase: loop.yaml\n"
        )

        assert "does one name itself?" in problems[0]

    def test_points_into_the_base_for_a_problem_of_the_base(self) -> None:
        """A place names the file the text was written in."""
        text = "case: 1\nbase: small.yaml\ntitle: Laid over\n"

        problems = refusal_of(text, "over.yaml", small=with_line("colour: red"))

        assert problems[0].startswith('small.yaml:31:1: "colour" is not a key here.')


class TestRefusals:
    """Every problem says where, what and what to do."""

    def test_points_at_an_unknown_key_and_suggests_the_nearest(self) -> None:
        """A misspelt key is an error with line, column and suggestion."""
        problems = refusal_of(SMALL.replace("  currency: USD", "  curency: USD"))

        assert problems == [
            "small.yaml:7:3: `currency` is missing here",
            'small.yaml:10:3: "curency" is not a key here. Did you mean "currency"?',
        ]

    def test_points_at_a_vendor_nobody_defined(self) -> None:
        """A reference to nothing is an error at the place that refers."""
        applications = "applications:\n  - {id: APP, name: App, asset: SRV1, vendor: V9}"

        problems = refusal_of(with_line(applications))

        assert problems == ['small.yaml:32:47: there is no vendor "V9" in this case. Known: V1.']

    def test_refuses_a_vendor_without_an_account(self) -> None:
        """A vendor nobody could recognise is an error that says what to add."""
        problems = refusal_of(SMALL.replace("party: V1", "party: client"))

        assert problems == [
            (
                'small.yaml:12:5: vendor "V1" (Rogue) has no account, so nothing it does could be recognised; '
                "add an entry under `accounts` with `party: V1`, or write `has_no_account: yes` here"
            )
        ]

    def test_refuses_a_newer_format(self) -> None:
        """A file of a later format is not guessed at."""
        problems = refusal_of("case: 2\nsomething: new\n")

        assert problems == [
            (
                "small.yaml:1:7: this case file is written in format 2; this Groundrules reads format 1, "
                "so update Groundrules to run it"
            )
        ]

    def test_refuses_what_is_not_a_case_file(self) -> None:
        """YAML without `case` is not one."""
        problems = refusal_of("title: Something else\n")

        assert problems == ["small.yaml:1:1: this is not a case file: it does not say `case: 1`"]

    def test_refuses_the_same_name_twice(self) -> None:
        """Two assets of one name are told apart by nobody."""
        problems = refusal_of(
            SMALL.replace(
                "- {id: SRV1, name: SRV1}", "- {id: SRV1, name: A}\n  - {id: SRV1, name: B}"
            )
        )

        assert problems == [
            'small.yaml:17:10: asset "SRV1" stands here a second time; the first is at small.yaml:16:10'
        ]

    def test_reports_every_problem_at_once(self) -> None:
        """One bad value doesn't hide the next."""
        text = (
            SMALL.replace("150.00 USD", "150")
            .replace("15 min", "soon")
            .replace("8:00", "8 o'clock")
        )

        problems = refusal_of(text)

        assert len(problems) == 3

    def test_refuses_work_without_an_end(self) -> None:
        """Work that has not ended can't be priced."""
        technicians = "technicians:\n  - {id: A, name: Alex}"
        work = "work:\n  - {id: W1, technician: A, issue: I1, asset: SRV1, from: 2007-02-20 13:10}"

        problems = refusal_of(with_line(f"{technicians}\n{work}"))

        assert problems == ['small.yaml:34:5: work "W1" needs `to`: when it ended']

    def test_refuses_an_end_before_the_beginning(self) -> None:
        """A period runs forwards."""
        text = SMALL.replace(
            "in_force: {from: 2007-01-01}", "in_force: {from: 2007-01-01, to: 2006-01-01}"
        )

        problems = refusal_of(text)

        assert len(problems) == 1
        assert problems[0].startswith("small.yaml:22:17: `to` must be later than `from`")

    def test_refuses_a_zone_nobody_knows(self) -> None:
        """A zone is an IANA name."""
        problems = refusal_of(
            SMALL.replace(
                "{id: P, name: Greenway, zone: America/Los_Angeles}",
                "{id: P, name: G, zone: Pacific}",
            )
        )

        assert problems == [
            'small.yaml:5:11: "Pacific" is not a time zone; write an IANA name such as America/Los_Angeles'
        ]
