"""The promises a vendor is usually asked for, in each language a letter is written in; how a promise holds its words.

A promise is frozen with the version it is part of, in every language it was published in: whoever accepts the version
accepts that promise, whichever words they read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ENGLISH, _GERMAN = "en", "de"
# What stands over a sentence that is in no library.
_AGREED_BESIDES = {ENGLISH: "Agreed besides", _GERMAN: "Außerdem vereinbart"}
_NAMES = {ENGLISH: "English", _GERMAN: "German"}
_SHOWN = 60


class RulesIncomplete(ValueError):
    """A version needs at least one clause, each of them known and with words its reader reads."""


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A promise's title and sentence in one language."""

    language: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class RuleClause:
    """One promise: a stable id, a title, and the sentence a vendor's person reads, here in `language`.

    `others` are the same promise in further languages.
    """

    id: str
    title: str
    text: str
    language: str = ENGLISH
    others: tuple[RuleWords, ...] = ()

    def words_in(self, language: str) -> RuleWords | None:
        """This function will return the promise in a language, or None where it has no words in it."""
        own = RuleWords(self.language, self.title, self.text)
        return next((one for one in (own, *self.others) if one.language == language), None)


def as_known(clause: RuleClause) -> RuleClause:
    """This function will give a library's promise the words it has since; one published with more keeps its own."""
    known = _KNOWN.get(clause.id)
    same = known is not None and (known.title, known.text) == (clause.title, clause.text)
    return known if known is not None and same and not clause.others else clause


def own_clauses(own: Iterable[Mapping[str, str]]) -> tuple[RuleClause, ...]:
    """This function will make promises of sentences of one's own, each given in the languages it is said in."""
    given = [
        tuple(
            RuleWords(language, _AGREED_BESIDES[language], said[language].strip())
            for language in _AGREED_BESIDES
            if said.get(language, "").strip()
        )
        for said in own
    ]
    return tuple(
        RuleClause(f"own-{number}", first.title, first.text, first.language, tuple(others))
        for number, (first, *others) in enumerate((one for one in given if one), start=1)
    )


def said_in(clauses: Iterable[RuleClause], language: str) -> tuple[str, ...]:
    """This function will return what each promise says in a language.

    Raises RulesIncomplete, naming the first that has no words in it: nobody gets a page in two languages.
    """
    said: list[str] = []
    for clause in map(as_known, clauses):
        words = clause.words_in(language)
        if words is None:
            name, shown = _NAMES.get(language, language), clause.text[:_SHOWN]
            message = f'"{shown}" has no words in {name}, which the vendor reads; publish it in {name} too'
            raise RulesIncomplete(message)
        said.append(words.text)
    return tuple(said)


def _promise(name: str, english: tuple[str, str], german: tuple[str, str]) -> RuleClause:
    return RuleClause(name, *english, others=(RuleWords(_GERMAN, *german),))


LIBRARY: tuple[RuleClause, ...] = (
    _promise(
        "window-first",
        (
            "A window first",
            "We ask for a window before we connect, and say what we will do, to what, and for how long.",
        ),
        (
            "Zuerst ein Zeitfenster",
            "Wir bitten um ein Zeitfenster, bevor wir uns verbinden. Wir sagen, was wir tun, woran und wie lange.",
        ),
    ),
    _promise(
        "backup-first",
        (
            "A backup first",
            "We begin only when a backup or a snapshot from before our work is confirmed.",
        ),
        (
            "Zuerst eine Sicherung",
            "Wir beginnen erst, wenn eine Sicherung von vor unserer Arbeit bestätigt ist.",
        ),
    ),
    _promise(
        "named-account",
        (
            "Our own account",
            "Each of us logs in with an account in his or her own name, and lends it to nobody.",
        ),
        (
            "Ein eigenes Konto",
            "Jeder von uns meldet sich mit einem Konto auf den eigenen Namen an und leiht es niemandem.",
        ),
    ),
    _promise(
        "no-administrator",
        (
            "No SA, no administrator",
            "We do not use sa, root, administrator or any shared account, and change none of their passwords.",
        ),
        (
            "Kein sa, kein Administrator",
            (
                "Wir nutzen weder sa, root oder Administrator noch ein gemeinsames Konto. "
                "Wir ändern keines ihrer Passwörter."
            ),
        ),
    ),
    _promise(
        "shared-runtime",
        (
            "Shared parts stay",
            (
                "We neither remove nor downgrade what other software needs (.NET, Java, database engines, drivers) "
                "without written consent."
            ),
        ),
        (
            "Gemeinsames bleibt",
            (
                "Was andere Programme brauchen (.NET, Java, Datenbanken, Treiber), entfernen wir nicht ohne "
                "schriftliches Ja. Wir setzen es auch nicht auf einen älteren Stand."
            ),
        ),
    ),
    _promise(
        "settings",
        (
            "Settings and firewall stay",
            (
                "We change no setting of the server, the firewall, the backup or the virus scanner that is not in our "
                "plan."
            ),
        ),
        (
            "Einstellungen und Firewall bleiben",
            "Wir ändern an Server, Firewall, Sicherung und Virenschutz nichts, was nicht in unserem Plan steht.",
        ),
    ),
    _promise(
        "rollback",
        (
            "A way back",
            "We say before we begin how we go back, and who decides it; where there is no way back, we say so plainly.",
        ),
        (
            "Ein Weg zurück",
            (
                "Wir sagen vorher, wie es zurück geht und wer das entscheidet. Gibt es keinen Weg zurück, sagen wir "
                "auch das."
            ),
        ),
    ),
    _promise(
        "tools",
        (
            "Agreed tools only",
            (
                "We use only remote tools that were agreed, leave no agent or tunnel behind, and never connect "
                "unattended."
            ),
        ),
        (
            "Nur vereinbarte Programme",
            (
                "Wir nutzen zur Fernwartung nur, was vereinbart ist. Wir lassen nichts davon zurück und verbinden uns "
                "nie unbeaufsichtigt."
            ),
        ),
    ),
    _promise(
        "hours",
        (
            "Inside the hours",
            "If our work runs into business hours or past the window, we stop and ask, unless stopping does more harm.",
        ),
        (
            "In der Zeit",
            (
                "Reicht unsere Arbeit in die Geschäftszeit oder über das Fenster hinaus, halten wir an und fragen. "
                "Es sei denn, das Anhalten schadet mehr."
            ),
        ),
    ),
    _promise(
        "report",
        (
            "A report when done",
            "When we are done we say what we changed, whether it works, and what is left to do.",
        ),
        (
            "Ein Bericht danach",
            "Danach sagen wir, was wir geändert haben, ob es geht und was noch zu tun ist.",
        ),
    ),
    _promise(
        "recording",
        (
            "Recorded work",
            "We know that logins and changes are recorded, and on some servers what our terminal shows.",
        ),
        (
            "Festgehaltene Arbeit",
            (
                "Wir wissen, dass Anmeldungen und Änderungen festgehalten werden. Auf manchen Servern gilt das auch "
                "für das, was unser Terminal zeigt."
            ),
        ),
    ),
    _promise(
        "cost",
        (
            "What breaks is ours",
            "Repairing what we changed without a window may be charged to the client, who will turn to us.",
        ),
        (
            "Was dabei bricht, ist unsere Sache",
            (
                "Was wir ohne Fenster ändern und was man dann reparieren muss, darf dem Kunden berechnet werden. "
                "Er wendet sich damit an uns."
            ),
        ),
    ),
)
_KNOWN = {clause.id: clause for clause in LIBRARY}
