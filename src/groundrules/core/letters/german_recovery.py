"""What our record says of a recovery, in German."""

from __future__ import annotations

_CHANGES = [
    (
        "{moment}: {what}. It was our own work ({strength}). {phase}",
        "{moment}: {what}. Das war unsere eigene Arbeit (Beleg: {strength}). {phase}",
    ),
    (
        "{moment}: {what}. The record names nobody. {rest}",
        "{moment}: {what}. Genannt ist niemand. {rest}",
    ),
    ("No change is on record.", "Keine Änderung ist belegt."),
    ("It was made during the recovery.", "Das geschah während der Wiederherstellung."),
    (
        "It was made by the time we listed the server, right after.",
        "Das geschah, bevor wir den Server gleich danach aufgenommen haben.",
    ),
    ("It was made after the server was back.", "Das geschah, als der Server schon wieder lief."),
    (
        "The record does not show if it was made during the recovery or after it.",
        "Ob das während der Wiederherstellung oder danach geschah, zeigen die Aufzeichnungen nicht.",
    ),
    ("It may have come with the restore.", "Es kann mit der Wiederherstellung gekommen sein."),
    ("It did not come with the restore.", "Es kam nicht mit der Wiederherstellung."),
    (
        "It is not known if it came with the restore.",
        "Ob es mit der Wiederherstellung kam, ist nicht bekannt.",
    ),
]
_PROMISED = [
    (
        "At most {free_most} of work are lost (clause {free_clause}): it was {free_span}, so that was {kept}.",
        "Höchstens {free_most} Arbeit gehen verloren (Ziffer {free_clause}): Es waren {free_span}. Das wurde {kept}.",
    ),
    (
        "At most {free_most} until it is back (clause {free_clause}): it was {free_span}, so that was {kept}.",
        "Nach höchstens {free_most} läuft er wieder (Ziffer {free_clause}): Es waren {free_span}. Das wurde {kept}.",
    ),
    (
        "At most {free_most} of work are lost (the agreement): it was {free_span}, so that was {kept}.",
        "Höchstens {free_most} Arbeit gehen verloren (nach dem Vertrag): Es waren {free_span}. Das wurde {kept}.",
    ),
    (
        "At most {free_most} until it is back (the agreement): it was {free_span}, so that was {kept}.",
        "Nach höchstens {free_most} läuft er wieder (nach dem Vertrag): Es waren {free_span}. Das wurde {kept}.",
    ),
    (
        "When it failed nothing of this was owed (clause {free_clause}): its backups rested by the agreement.",
        "Beim Ausfall war davon nichts geschuldet (Ziffer {free_clause}): Die Datensicherung ruhte nach dem Vertrag.",
    ),
    (
        "When it failed nothing of this was owed (the agreement): its backups rested.",
        "Beim Ausfall war davon nichts geschuldet: Die Datensicherung ruhte nach dem Vertrag.",
    ),
    (
        "The time its backups rested by the agreement is left out",
        "Die Zeit, in der die Datensicherung nach dem Vertrag ruhte, ist nicht mitgezählt",
    ),
    ("kept", "eingehalten"),
    ("not kept", "nicht eingehalten"),
]
_FACTS = [
    (
        "The time between that state and the failure is {free_span}. {rest}",
        "Zwischen diesem Stand und dem Ausfall liegen {free_span}. {rest}",
    ),
    ("Nobody has checked yet what was lost.", "Noch hat niemand geprüft, was verloren ging."),
    ("It was checked by {listed_who}.", "Geprüft von {listed_who}."),
    (
        "No record was lost, as checked by {listed_who}.",
        "Kein Datensatz ging verloren, geprüft von {listed_who}.",
    ),
    (
        "Records lost: {figure}, as checked by {listed_who}.",
        "Verlorene Datensätze: {figure}, geprüft von {listed_who}.",
    ),
    ("It is not back yet.", "Er läuft noch nicht wieder."),
    ("It was back on {at}, after {free_span}.", "Er lief wieder am {at}, nach {free_span}."),
    (
        "On {moment}: we called {free_party}. The answer: {free_outcome}.",
        "Am {moment}: Wir riefen {free_party} an. Die Antwort: {free_outcome}.",
    ),
    (
        'On {moment}: {free_who} wrote or said: "{free_says}".',
        'Am {moment}: {free_who} schrieb oder sagte: "{free_says}".',
    ),
    (
        "We made no list of the server right after.",
        "Wir haben den Server gleich danach nicht aufgenommen.",
    ),
    (
        "We listed what was on the server right after, on {at}.",
        "Wir haben gleich danach aufgenommen, was auf dem Server war, am {at}.",
    ),
    (
        "Charged: {free_span} as measured (clause {free_clause}). The amount is rounded as agreed.",
        "Berechnet: {free_span}, wie gemessen (Ziffer {free_clause}). Der Betrag ist gerundet, wie vereinbart.",
    ),
    (
        "Charged: {free_span} as measured (clauses {listed_clauses}). The amount is rounded as agreed.",
        "Berechnet: {free_span}, wie gemessen (Ziffern {listed_clauses}). Der Betrag ist gerundet, wie vereinbart.",
    ),
    (
        "Charged: {free_span} as measured. The amount is rounded as agreed.",
        "Berechnet: {free_span}, wie gemessen. Der Betrag ist gerundet, wie vereinbart.",
    ),
    (
        "{label}: {free_span}, worth {figure} (clause {free_clause}).",
        "{label}: {free_span}, im Wert von {figure} (Ziffer {free_clause}).",
    ),
    (
        "{label}: {free_span}, worth {figure} (clauses {listed_clauses}).",
        "{label}: {free_span}, im Wert von {figure} (Ziffern {listed_clauses}).",
    ),
    ("{label}: {free_span}, worth {figure}.", "{label}: {free_span}, im Wert von {figure}."),
    ("Covered", "Im Vertrag enthalten"),
    ("Charged", "Berechnet"),
    ("Not charged", "Nicht berechnet"),
    ("Waiting for a decision", "Noch zu entscheiden"),
    (
        "On {moment}: {free_title}. It is linked to our own work.",
        "Am {moment}: {free_title}. Es hängt mit unserer eigenen Arbeit zusammen.",
    ),
    (
        "On {moment}: {free_title}. It did not come with the restore. What stopped it is not known.",
        "Am {moment}: {free_title}. Es kam nicht mit der Wiederherstellung. Woran es lag, ist nicht bekannt.",
    ),
    (
        "On {moment}: {free_title}. What stopped it is not known.",
        "Am {moment}: {free_title}. Woran es lag, ist nicht bekannt.",
    ),
]

PAIRS: tuple[tuple[str, str], ...] = (*_CHANGES, *_PROMISED, *_FACTS)
