"""The report of a recovery in which a vendor changed something, in both languages, with each act in its own hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from groundrules.core import value
from groundrules.core.agreements.further_terms import RecoveryTerms
from groundrules.core.answers.client_report import client_report
from groundrules.core.answers.correspondence import desk_of
from groundrules.core.answers.model import Answers
from groundrules.core.answers.recovery_letter import draft_recovery
from groundrules.core.answers.recovery_story import NoRecovery, Origin, recovery_story
from groundrules.core.backups import OURS, OriginKind, RestoreDrill
from groundrules.core.backups import Origin as ProofOrigin
from groundrules.core.ids import AssetId, ClauseNumber, IncidentId
from groundrules.core.letters.answers import LetterDraft
from groundrules.core.mail import Trust
from groundrules.core.reported import Outcome
from groundrules.core.value import ValueFacts
from groundrules.renderers.letter_text import letter_text
from groundrules.services.cases import run_case

CASE = Path(__file__).resolve().parent / "23-during-the-recovery.yaml"
ARRAY = IncidentId("INC-1")


@cache
def answered() -> tuple[Answers, Answers]:
    """The case before anybody saw Rogue's login, and after."""
    before, after = run_case(CASE.read_bytes(), CASE).answered
    return before.answers, after.answers


def written(answers: Answers, language: str = "en") -> LetterDraft:
    """The letter as it would be drafted then, with the incident named in its reader's language."""
    desk = desk_of(answers)
    client = replace(
        desk.world.client,
        language=language,
        contacts=tuple(replace(one, language=language) for one in desk.world.client.contacts),
    )
    desk = replace(desk, world=replace(desk.world, client=client))
    story = recovery_story(answers, ARRAY)
    if language == "de":
        story = replace(
            story, incident=replace(story.incident, title="Das Array von SRV1 fiel aus")
        )
    return draft_recovery(story, desk)


class TestLetter:
    """What the client reads."""

    def test_tells_the_vendors_change_from_fallout(self) -> None:
        """Rogue's change is said with its account though it fell into the recovery; the driver is laid to nobody."""
        draft = written(answered()[1])
        said = letter_text(draft, ())
        flat = " ".join(said.split())

        assert draft.warnings == ()
        assert "No record was lost, as checked by Alex and Pat Owner." in flat
        assert "we called Dell. The answer: could not help." in flat
        assert 'Pat Owner wrote or said: "Keep going tonight".' in flat
        assert "Covered: 3 h 50 min, worth $575.00 (clause 3.2)." in flat
        assert "you are charged $2,025.00" in flat
        assert (
            ".NET Framework 2.0 removed. The record names the account rogue-svc of Rogue Dental Software (recorded). "
            "No approved window allowed it. It was made during the recovery."
        ) in flat
        assert (
            "driver megasas changed. The record names nobody. It may have come with the restore."
            in flat
        )
        assert "hosts changed. The record names nobody. It did not come with the restore." in flat
        assert draft.clauses == ("3.2", "4.2")

    def test_names_nobody_before_it_is_known(self) -> None:
        """The day after, nobody had seen the login: the letter says so and lays nothing to anybody."""
        said = " ".join(letter_text(written(answered()[0]), ()).split())

        assert "Rogue" not in said
        assert (
            "SharePoint stopped working. It did not come with the restore. What stopped it is not known."
            in said
        )

    def test_in_german(self) -> None:
        """Every sentence of ours is said in German, and only names and people's own words stay."""
        draft = written(answered()[1], "de")
        said = " ".join(letter_text(draft, ()).split())

        assert draft.warnings == ()
        assert "Kein Datensatz ging verloren, geprüft von Alex und Pat Owner." in said
        assert "Im Vertrag enthalten: 3 h 50 min, im Wert von 575,00 USD (Ziffer 3.2)." in said
        assert "Das geschah während der Wiederherstellung." in said
        assert "Genannt ist niemand. Es kann mit der Wiederherstellung gekommen sein." in said
        for english in (" were ", " the ", " made ", "Covered", "worth"):
            assert english not in said

    def test_without_a_baseline_less_is_known(self) -> None:
        """The same facts without the list made right after: the driver may be either, and the letter says why."""
        answers = answered()[1]
        (one,) = answers.world.recoveries
        world = replace(answers.world, recoveries=(replace(one, baseline=None),))
        story = recovery_story(replace(answers, world=world), ARRAY)
        origins = {str(told.change.id): told.origin for told in story.changes}

        assert origins["CHG-DRIVER"] is Origin.NOT_KNOWN
        assert origins["CHG-1"] is Origin.ANOTHERS
        (driver,) = (told for told in story.changes if told.change.id == "CHG-DRIVER")
        assert "no list was made right after" in driver.sentence


def test_incident_without_a_recovery() -> None:
    """SharePoint was not restored, so there is nothing to report of it."""
    with pytest.raises(NoRecovery, match="no recovery of INC-2 is on record"):
        recovery_story(answered()[1], IncidentId("INC-2"))


class TestPromise:
    """What the agreement promises about getting a server back."""

    def _answers(self, *promised: RecoveryTerms) -> Answers:
        answers = answered()[1]
        agreement = answers.world.agreement
        versions = tuple(replace(one, recovery=promised) for one in agreement.versions)
        world = replace(answers.world, agreement=replace(agreement, versions=versions))
        return replace(answers, world=world)

    def test_breach_is_said_by_ourselves(self) -> None:
        """A minute was lost of an hour; 12 h 40 min are more than four hours, and the letter and the report say so."""
        promise = RecoveryTerms(60, 240, 30, clause=ClauseNumber("3.12"))
        answers = self._answers(promise)
        draft = draft_recovery(recovery_story(answers, ARRAY), desk_of(answers))
        said = " ".join(letter_text(draft, ()).split())
        broken = (
            "At most 4 h until it is back (clause 3.12): it was 12 h 40 min, so that was not kept."
        )

        assert "At most 1 h of work are lost (clause 3.12): it was 1 min, so that was kept." in said
        assert broken in said
        assert draft.warnings == ()
        found = _restores(answers, date(2007, 2, 1), date(2007, 3, 1))
        assert found.says == "1 restore proven, 3 promises not kept."
        assert broken in found.items[1].says
        assert [item.says for item in found.items[2:]] == [
            f"{server}: a restore is proven every 30 days (clause 3.12): due by 2007-01-31, {then}, "
            "so that was not kept."
            for server, then in (
                ("SRV1", "it was proven on 2007-02-21"),
                ("SRV2", "none is on record yet"),
            )
        ]

    def test_what_a_mail_only_reports_is_listed_and_not_counted(self) -> None:
        """A drill by mail is no proven restore and keeps no promise; the same drill measured by us does both."""
        day = datetime(2007, 2, 12, 12, 0, tzinfo=UTC)
        drill = RestoreDrill(AssetId("SRV2"), "image", day, day + timedelta(hours=1), passed=True)
        mailed = ProofOrigin(
            OriginKind.MAIL, "backup@vault.example", "veeam", "MAIL-7", Trust.DOMAIN
        )
        told = {}
        for origin in (mailed, OURS):
            answers = self._answers(RecoveryTerms(60, 1440, 30, clause=ClauseNumber("3.12")))
            world = replace(answers.world, drills=(replace(drill, origin=origin),))
            answers = replace(answers, world=world)
            told[origin] = _restores(answers, date(2007, 2, 1), date(2007, 3, 1))

        claimed, measured = told[mailed], told[OURS]
        assert claimed.says == "1 restore proven, 1 only reported by mail, 2 promises not kept."
        assert claimed.not_counted == 1
        assert claimed.items[1].says == (
            "SRV2: drill of backup image, back after 1 h, reported by veeam by mail (MAIL-7, sender's domain "
            "proven); not counted"
        )
        assert "due by 2007-01-31, none is on record yet" in claimed.items[3].says
        assert measured.says == "2 restores proven, 1 of them in drills, 2 promises not kept."
        assert "it was proven on 2007-02-12" in measured.items[3].says

    def test_promise_that_names_the_server_goes_before(self) -> None:
        """SRV1's own promise counts, not the one for every server; without any nothing is said."""
        every = RecoveryTerms(1, 1)
        own = RecoveryTerms(60, 1440, servers=(AssetId("SRV1"),))
        told = recovery_story(self._answers(every, own), ARRAY).promised

        assert [kept for kept, _ in told] == [True, True]
        assert "(the agreement)" in told[0][1]
        assert recovery_story(self._answers(), ARRAY).promised == ()


def _restores(answers: Answers, first: date, end: date) -> Outcome:
    """What the client's report of those days says of restores."""
    told = client_report(answers, value.report(ValueFacts("USD", first, end, (), ())), first, end)
    (found,) = (one for one in told.outcomes if one.name == "Restores proven")
    return found
