"""No letter holds two languages: what is said to a reader is said in one, whatever the record was kept in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from groundrules.core.answers import correspondence
from groundrules.core.causation.answers import CauseVerdict
from groundrules.core.evidence import Gap, GapKind
from groundrules.core.explanation.unknown import not_known
from groundrules.core.ids import GapId
from groundrules.core.letters.answers import LetterDraft, LetterKind
from groundrules.core.letters.composing import shipped_text
from groundrules.core.letters.facts import finding_sentence
from groundrules.core.letters.places import PLACES
from groundrules.core.letters.samples import sample_letter
from groundrules.core.letters.tongue import LANGUAGES, say
from groundrules.core.letters.wording import blocks
from groundrules.core.periods import Interval
from groundrules.core.signatures import Signing, evidence_of
from groundrules.services.cases import run_case
from tests.core.harbor import SITE_ZONE, SRV1
from tests.core.harbor_work import site
from tests.core.letters.every_letter import every_letter
from tests.core.letters.letter_story import LETTER, finding, sharepoint

CASES = Path(__file__).resolve().parents[2] / "cases"
# Little words that no sentence does without, and that the other language does not have.
_ENGLISH = (
    "the of and with from for we you your our has have is not been by to on this that it are be or no which them they "
    "their its when what who if at did installed removed added changed charged covered tested"
)
_GERMAN = (
    "der das dem den und mit wir sie ist sind nicht ein eine einen einem einer für auf von zu zum zur bei wurde wird "
    "werden haben sich ihr ihre ihren unser unsere oder kein keine"
)
OTHERS = {"de": frozenset(_ENGLISH.split()), "en": frozenset(_GERMAN.split())}
# What people of the story say in their own words, in the one language they have; it is kept as they said it.
PEOPLES = (
    "SharePoint stopped",
    "Ask about our account.",
    "Set a time for work on our servers.",
    "Q1: 40 h more than planned.",
    "Ask us before each visit. We set a time and open the way in.",
    "We lose money each month.",
    "We wrote twice.",
    "Back on?",
    "Now!",
    # Names.
    "Greenway IT Services",
    "Small Biz IT",
    "Ray at Rogue",
    # The case files' own.
    "The vendor had written permission from the client",
    "The reinstatement fee is agreed and will be on the invoice",
)


def said(draft: LetterDraft) -> tuple[str, ...]:
    """This function will return every line of a letter, without what people said in their own words."""
    texts = [draft.subject]
    for paragraph in draft.paragraphs:
        texts += [text for text in (paragraph.heading, *blocks(paragraph)) if text]
    return said_by(texts)


def said_by(texts: Iterable[str]) -> tuple[str, ...]:
    """This function will return texts without names and people's own words."""
    kept = tuple(texts)
    for own in PEOPLES:
        kept = tuple(text.replace(own, "") for text in kept)
    return kept


def left_over(texts: Iterable[str], language: str) -> list[str]:
    """This function will return the lines that hold words of the other language."""
    return [
        text for text in texts if OTHERS[language] & set(re.findall(r"[a-zäöüß]+", text.lower()))
    ]


def blocks_of(draft: LetterDraft) -> list[str]:
    """This function will return every piece of a letter's text."""
    return [text for paragraph in draft.paragraphs for text in blocks(paragraph)]


STORIES = {language: every_letter(replace(LETTER, language=language)) for language in LANGUAGES}


class TestEveryLetter:
    """Each kind, in each language."""

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("name", STORIES["en"])
    def test_is_in_one_language(self, name: str, language: str) -> None:
        """A letter from the story's facts."""
        assert left_over(said(STORIES[language][name]), language) == []

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_of_the_invented_case_is_in_one_language(self, language: str) -> None:
        """What an owner looks at before any letter is written."""
        for kind in PLACES:
            draft = sample_letter(shipped_text(kind, language))

            assert left_over(said(draft), language) == [], kind

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_of_the_invented_case_adds_up(self, language: str) -> None:
        """The lines of a return are its total, so that nobody checks a text against wrong sums."""
        draft = sample_letter(shipped_text(LetterKind.REINSTATEMENT, language))
        amounts = re.findall(r"(?<![\d.])(\d+[.,]\d\d)(?![\d.]\d)", " ".join(blocks_of(draft)))

        total, *lines = (Decimal(one.replace(",", ".")) for one in amounts)
        assert (len(lines), sum(lines)) == (3, total)

    def test_would_be_found_with_a_sentence_of_the_other_language(self) -> None:
        """The search finds each line of each English text in a German letter, and the other way round."""
        for kind in PLACES:
            for language, other in (("de", "en"), ("en", "de")):
                lines = said(sample_letter(shipped_text(kind, other)))

                assert len(left_over(lines, language)) > len(lines) / 3, kind


class TestCases:
    """Letters as they are drafted from whole worlds, said to readers of German."""

    @pytest.mark.parametrize(
        "name",
        [
            "04d-proven-on-a-running-copy.yaml",
            "08-scorecard.yaml",
            "09-suspension-letter.yaml",
            "11b-wrongful-suspension.yaml",
            "12-the-way-back.yaml",
            "13-the-consultant.yaml",
        ],
    )
    def test_are_german_throughout(self, name: str) -> None:
        """Whatever was tested, decided again or is still open."""
        path = CASES / name
        drafts = [
            draft
            for one in run_case(path.read_bytes(), path).answered
            for draft in correspondence.letters_of(_in_german(correspondence.desk_of(one.answers)))
        ]

        assert drafts
        assert [left_over(said(draft), "de") for draft in drafts] == [[]] * len(drafts)


def _in_german(desk: correspondence.Desk) -> correspondence.Desk:
    world = desk.world
    client = replace(
        world.client,
        language="de",
        contacts=tuple(replace(one, language="de") for one in world.client.contacts),
    )
    vendors = tuple(replace(one, language="de") for one in world.vendors)
    return replace(desk, world=replace(world, client=client, vendors=vendors))


class TestEvidenceOfSignature:
    """The page that is joined to a signed letter."""

    @pytest.mark.parametrize("scanned", [True, False])
    @pytest.mark.parametrize("address", ["203.0.113.9", ""])
    def test_is_in_the_letters_language(self, address: str, *, scanned: bool) -> None:
        """Every line, with its facts as they were."""
        signing = Signing(
            *("Greenway IT Services handelt", "Pat Owner", "Inhaberin", "pat@harbor.example"),
            *("Pat Owner", site("2007-03-20 10:30"), address, "ab" * 32),
            scanned=scanned,
        )

        lines = [say(line, "de") for line in evidence_of(signing, SITE_ZONE)]

        assert left_over(said_by(lines), "de") == []
        assert lines[1].endswith("ab" * 32)
        assert "Wann: Di, 20.03.2007 10:30 PDT (20.03.2007 17:30:00 UTC)" in lines


class TestChanges:
    """What a reader of logs said of a change, in a German letter."""

    @pytest.mark.parametrize(
        ("summary", "german"),
        [
            (".NET 1.0 (Microsoft) installed", ".NET 1.0 (Microsoft) installiert."),
            ("hello 2.10-3 installed again", "hello 2.10-3 erneut installiert."),
            ("hello changed from 2.9 to 2.10", "hello geändert von 2.9 auf 2.10."),
            ("SQL Server could not be restarted", ".NET Framework 2.0 entfernt."),
            ("", ".NET Framework 2.0 entfernt."),
        ],
    )
    def test_are_said_in_german_or_plainly(self, summary: str, german: str) -> None:
        """Where no phrase knows the words of the log, kind, component and action are said instead."""
        change = replace(finding().change, summary=summary)
        told = replace(finding(), change=change)

        sentence = finding_sentence(told, replace(LETTER, language="de"))

        assert f": {german} Genannt ist das Konto" in say(sentence, "de")
        assert finding_sentence(told, LETTER).count(change.sentence) == 1


class TestMissingEvidence:
    """What a letter says of a gap."""

    @pytest.mark.parametrize("kind", GapKind)
    @pytest.mark.parametrize("says", ["No audit was on", "No audit was on."])
    def test_is_a_sentence_of_its_own(self, kind: GapKind, says: str) -> None:
        """It ends, whether the record of it did or not; in German nothing stays in the words of a log's reader."""
        gap = Gap(
            GapId("GAP-1"), SRV1, kind, Interval.exactly(site("2007-02-21 19:58")), "audit", says
        )
        cause = sharepoint(CauseVerdict.LIKELY_CHANGE).cause

        (reason,) = [r for r in not_known(cause, (), (gap,), tested=True) if r.facts]

        assert reason.sentence.endswith(f"{kind.value} (audit): No audit was on.")
        assert left_over([say(reason.sentence, "de")], "de") == []
