"""The texts of letters: what is shipped in each language, what a text must not lose, and how facts are merged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from groundrules.core.causation.answers import CauseVerdict
from groundrules.core.letters.answers import LetterKind, Slot
from groundrules.core.letters.checking import TextRefused, problems, refuse_unfit
from groundrules.core.letters.composing import merged, shipped_text
from groundrules.core.letters.draft_notice import draft_notice, draft_suspension
from groundrules.core.letters.places import PLACES, places_of
from groundrules.core.letters.reader import language_for
from groundrules.core.letters.template import Template, fill, parse
from groundrules.core.letters.tongue import LANGUAGES, say
from groundrules.core.letters.wording import HIGHEST_GRADE, reading_grade
from groundrules.core.reasons import FactRef
from tests.core.harbor import harbor_client
from tests.core.letters.every_letter import every_letter, words
from tests.core.letters.letter_story import (
    ARITHMETIC,
    CASE,
    LETTER,
    NOTICE,
    ROGUE,
    sharepoint,
)

GERMAN = every_letter(replace(LETTER, language="de"))
SUSPENSION = shipped_text(LetterKind.SUSPENSION, "en")
LOSABLE = [
    (kind, place.name)
    for kind, places in PLACES.items()
    for place in places
    if place.is_needed and not (kind is LetterKind.REPLY_PACK and place.name == "open")
]


def own(text: str, kind: LetterKind = LetterKind.SUSPENSION, language: str = "en") -> Template:
    """This function will make a text the owner might write."""
    return Template(kind, language, text, "version 1")


class TestFigures:
    @pytest.mark.parametrize(
        ("said", "german"),
        [
            ("1.50 h", "1,50 h"),
            (
                "Work of Tue 2007-03-13: 1.50 h x $150.00",
                "Work of Di, 13.03.2007: 1,50 h x 150,00 USD",
            ),
            (
                "Reinstatement fee for SRV1: $350.00",
                "Gebühr für die Wiederaufnahme von SRV1: 350,00 USD",
            ),
            (
                "Reinstatement fee for SRV1: 350.00 EUR",
                "Gebühr für die Wiederaufnahme von SRV1: 350,00 EUR",
            ),
        ],
    )
    def test_are_written_as_germans_do(self, said: str, german: str) -> None:
        """Hours and the amount behind a name have a comma, whatever stands around them."""
        assert say(said, "de") == german


class TestShipped:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("kind", PLACES)
    def test_is_fit_in_every_language(self, kind: LetterKind, language: str) -> None:
        """Each kind has its own text in each language, and none loses a fact."""
        found = shipped_text(kind, language)

        assert problems(found) == ()
        assert language == "en" or found.text != shipped_text(kind, "en").text


class TestProblems:
    @pytest.mark.parametrize(("kind", "name"), LOSABLE)
    def test_names_each_fact_a_text_lost(self, kind: LetterKind, name: str) -> None:
        """A clause, the server, the conditions, "our agreement goes on": none can be dropped in silence."""
        text = shipped_text(kind, "en").text.replace(f"{{{name}}}", "it")
        holds = next(p.holds for p in places_of(kind) if p.name == name)

        with pytest.raises(TextRefused) as refused:
            refuse_unfit(own(text, kind))

        assert f"it must say {holds}" in str(refused.value)

    @pytest.mark.parametrize(
        ("before", "after", "problem"),
        [
            ("Clause {breached} was", "Clause {breeched} was", "{breeched} is no fact of this letter"),
            ("{agreement_continues} ", "", "its first paragraph must say that our agreement goes on"),
            (
                "Clause {breached} was not met.",
                "{if others}Clause {breached} was not met.{end}",
                "the clause that was not met",
            ),
            ("- {findings}", "They did {findings}.", "{findings} is a list"),
            ("\n{troubles}\n", "\nThen {troubles} happened.\n", "{troubles} is whole paragraphs"),
            ("We are still here for you.", "It broke because of Rogue.", "'because' states a cause"),
            ("We are still here for you.", "Rogue was careless.", "'careless' judges"),
            ("{if others}{others} {end}", "{if others}{others} ", "begins before the last"),
            ("{if others}{others} {end}", "{others} {end}", "an {end} has no {if"),
            ("We are still here for you.", "We are {here.", "a brace stands alone"),
            ("Subject: ", "About: ", "its first line must begin with 'Subject:'"),
            ("We are still here", "We \x07 are here", "cannot be printed"),
            ("{server}", "{Server Name}", "{Server Name} says nothing"),
        ],
    )  # fmt: skip
    def test_says_what_is_wrong(self, before: str, after: str, problem: str) -> None:
        """Each mistake is said in words that name it."""
        assert before in SUSPENSION.text

        found = problems(own(SUSPENSION.text.replace(before, after)))

        assert any(problem in one for one in found), found

    def test_finds_a_german_cause(self) -> None:
        """The rule holds in each language."""
        text = shipped_text(LetterKind.NOTICE, "de").text

        found = problems(own(f"{text}\nEs fiel aus, weil Rogue es tat.", LetterKind.NOTICE, "de"))

        assert any("'weil' states a cause" in one for one in found)

    def test_refuses_a_language_we_do_not_write(self) -> None:
        """A text nobody would use is not kept."""
        assert "en or de" in problems(own(SUSPENSION.text, language="fr"))[0]


class TestFill:
    SLOTS = {  # noqa: RUF012 - read only
        slot.name: slot
        for slot in (
            Slot("one", "SRV1", facts=(FactRef("clause", "6.1"),)),
            Slot("two", "SRV1 and SRV2", count=2),
            Slot("many", items=("A.", "B."), facts=(FactRef("change", "CHG-1"),)),
            Slot("none"),
        )
    }

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("{if one}yes{end}{if no one}no{end}", "yes"),
            ("{if none}yes{end}{if no none}no{end}", "no"),
            ("{one}{if one one} stays{end}{if many one} stay{end}.", "SRV1 stays."),
            ("{two}{if one two} stays{end}{if many two} stay{end}.", "SRV1 and SRV2 stay."),
            ("Ask {one} , then {two} .", "Ask SRV1, then SRV1 and SRV2."),
        ],
    )
    def test_keeps_what_its_conditions_keep(self, text: str, said: str) -> None:
        """With, without, for one and for several."""
        assert fill(parse(f"Subject: s\n\n{text}"), self.SLOTS)[1][0].text == said

    def test_cites_the_records_of_what_is_said(self) -> None:
        """A fact whose words were left out is not cited."""
        text = "Subject: {one}\n\n# H\n{one}\n- {many}\n\n{if none}\n{many}\n\n- {none}"

        subject, paragraphs = fill(parse(text), self.SLOTS)

        assert subject == "SRV1"
        assert [p.items for p in paragraphs] == [("A.", "B.")]
        assert [fact.ref for fact in paragraphs[0].facts] == ["6.1", "CHG-1"]

    def test_reads_no_tag_in_a_fact(self) -> None:
        """What a fact says is never taken for part of the text."""
        slots = {"one": Slot("one", "{many} {if none}")}

        assert fill(parse("Subject: s\n\n{one}"), slots)[1][0].text == "{many} {if none}"


class TestMerged:
    def test_changes_words_and_no_fact(self) -> None:
        """An owner's text for one letter keeps clause, server and findings, and the letter names it."""
        draft = draft_suspension(CASE, NOTICE.id, ARITHMETIC, LETTER)
        text = own(SUSPENSION.text.replace("We are still here for you.", "Call us."))

        found = merged(draft, text)

        assert "Call us." in words(found)
        assert found.slots == draft.slots
        assert found.text is not None
        assert draft.text is not None
        assert (found.text.name, draft.text.name[:7]) == ("version 1", "shipped")

    @pytest.mark.parametrize(
        ("language", "text", "says"),
        [
            (
                "en",
                "We go on with {continues} on each server.",
                "We go on with nothing on each server.",
            ),
            (
                "de",
                "Auf jedem Server läuft {continues} weiter.",
                "Auf jedem Server läuft nichts weiter.",
            ),
            ("en", "{if continues}We go on with {continues}.{end} Call us.", "Call us."),
            ("de", "{if no continues}Alles ruht.{end} Rufen Sie an.", "Alles ruht. Rufen Sie an."),
        ],
    )
    def test_reads_well_where_everything_rests(self, language: str, text: str, says: str) -> None:
        """An owner's sentence has no hole where no service goes on, and its conditions still see that."""
        case = replace(CASE, effects=replace(CASE.effects, continues=()))
        draft = draft_notice(case, replace(LETTER, language=language))

        letter = merged(draft, own(f"Subject: {{server}}\n\n{text}", LetterKind.NOTICE, language))

        assert [paragraph.text for paragraph in letter.paragraphs] == [says]

    def test_is_used_for_its_kind_and_language_only(self) -> None:
        """The owner's English notice leaves German notices and English suspensions as they are."""
        text = shipped_text(LetterKind.NOTICE, "en").text.replace("One thing may", "Something may")
        letter = replace(LETTER, texts=(own(text, LetterKind.NOTICE),))

        assert "Something may change." in words(draft_notice(CASE, letter))
        assert "Eines kann sich" in words(draft_notice(CASE, replace(letter, language="de")))
        assert "One thing changes." in words(draft_suspension(CASE, NOTICE.id, ARITHMETIC, letter))


class TestGerman:
    @pytest.mark.parametrize("name", GERMAN)
    def test_is_german_throughout(self, name: str) -> None:
        """No sentence of ours stays English, none judges, and it reads at grade eight."""
        draft = GERMAN[name]
        people = ("Set a time for work", "We wrote twice", "We lose money")
        left = [w for w in draft.warnings if not any(own in w for own in people)]

        assert left == []
        assert reading_grade(draft) <= HIGHEST_GRADE

    def test_writes_facts_with_their_strength(self) -> None:
        """Time with zone, what, whose account, how strong, and that no window allowed it."""
        assert (
            "Am Mi, 21.02.2007 19:58 PST: .NET Framework 2.0 wurde entfernt. Genannt ist das Konto rogue_kim von "
            "Rogue (Beleg: aufgezeichnet). Kein genehmigtes Zeitfenster erlaubte das."
        ) in words(GERMAN["suspension"])

    def test_writes_figures_as_german_readers_do(self) -> None:
        """150,00 USD, and Monday as Mo."""
        text = words(GERMAN["suspension"])

        assert "Arbeit in den Geschäftszeiten: 150,00 USD je Stunde." in text
        assert "Ab Mo, 12.03.2007 08:00 PDT betreuen wir" in text

    @pytest.mark.parametrize(
        ("written", "said"),
        [
            ("$1,425.00", "1.425,00 USD"),
            ("12,000.50 EUR", "12.000,50 EUR"),
            ("1,425 JPY", "1.425 JPY"),
            ("350.00 EUR", "350,00 EUR"),
            ("1.425,00 USD", "1.425,00 USD"),
            ("410,00 EUR", "410,00 EUR"),
        ],
    )
    def test_leaves_amounts_a_person_wrote_as_they_are(self, written: str, said: str) -> None:
        """Our record's amounts are said in German; a reason an owner wrote in German is not turned back."""
        assert say(f"Es kostet {written} im Monat.", "de") == f"Es kostet {said} im Monat."

    @pytest.mark.parametrize(
        ("verdict", "says"),
        [
            (CauseVerdict.LIKELY_CHANGE, "Es ist kein Beweis."),
            (CauseVerdict.PROVEN_CHANGE, "Ein Test zeigte, was es verursacht hat"),
        ],
    )
    def test_says_cause_only_where_proven(self, verdict: CauseVerdict, says: str) -> None:
        """A likely cause is told as order in time."""
        case = replace(CASE, troubles=(sharepoint(verdict),))

        draft = draft_notice(case, replace(LETTER, language="de"))

        assert says in words(draft)
        assert draft.warnings == ()

    @pytest.mark.parametrize(
        ("english", "german"),
        [
            (
                "Rogue has not accepted version 2 of the rules of engagement.",
                "Rogue hat Fassung 2 der Regeln nicht angenommen.",
            ),
            (
                "Ray at Rogue accepted version 2 of the rules of engagement.",
                "Ray at Rogue hat Fassung 2 der Regeln angenommen.",
            ),
            ("The sa password is not known.", "The sa password is not known."),
            ("Recorded by Dana: It is not removed.", "Festgehalten von Dana: It is not removed."),
            (
                "4 sessions out of window at 5 points: -20",
                "4 Sitzungen außerhalb des Zeitfensters zu je 5 Punkten: -20",
            ),
            ("Fee: $1,350.00", "Fee: 1.350,00 USD"),
        ],
    )  # fmt: skip
    def test_never_turns_a_sentence_round(self, english: str, german: str) -> None:
        """A sentence and its opposite stay apart, and what no phrase knows stays as written."""
        assert say(english, "de") == german


class TestLanguageFor:
    def test_asks_the_reader_first(self) -> None:
        """The contact's language before the client's; a vendor's before the client's; else English."""
        client = replace(harbor_client(), language="de")
        pat = replace(client.contacts[0], language="en")
        mixed = replace(client, contacts=(pat, *client.contacts[1:]))

        assert language_for(f"{pat.name}, {client.name}", client) == "de"
        assert language_for(f"{pat.name}, {client.name}", mixed) == "en"
        assert language_for("Rogue", client, (replace(ROGUE, language="en"),)) == "en"
        assert language_for("Rogue", client, (ROGUE,)) == "de"
        assert language_for("Pat", replace(client, language="fr")) == "en"
