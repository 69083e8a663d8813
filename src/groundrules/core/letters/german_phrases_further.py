"""What our record says, in German: agreements' usual conditions, vendors, prices, papers and the lists we bring."""

from __future__ import annotations

_AGREED = [
    (
        "The letter of agency for {own_vendor} is signed and acknowledged",
        "Die Vollmacht für {own_vendor} ist unterschrieben und bestätigt",
    ),
    (
        "A letter of agency for {own_vendor} is signed and acknowledged",
        "Eine Vollmacht für {own_vendor} ist unterschrieben und bestätigt",
    ),
    (
        "{own_who} accepts version {own_version} of the rules of engagement",
        "{own_who} nimmt Fassung {own_version} der Regeln an",
    ),
    (
        "The vendor has accepted the rules of engagement in writing",
        "Der Anbieter hat die Regeln schriftlich angenommen",
    ),
    (
        "The {own_name} password is changed and {own_who} no longer knows it",
        "Das Passwort von {own_name} ist geändert, und {own_who} kennt es nicht mehr",
    ),
    (
        "The {own_name} password is changed and known to the provider only",
        "Das Passwort von {own_name} ist geändert, und nur wir kennen es",
    ),
    ("{own_who} has a login in its own name", "{own_who} hat eine Anmeldung im eigenen Namen"),
    (
        "The invoices of the suspension are paid",
        "Die Rechnungen für die Zeit der Aussetzung sind bezahlt",
    ),
    ("The server is inspected for two hours", "Der Server wird zwei Stunden lang geprüft"),
    ("We inspect the server for two hours", "Wir prüfen den Server zwei Stunden lang"),
    (
        "One monthly fee is paid for the reinstatement",
        "Für die Wiederaufnahme wird eine Monatsgebühr bezahlt",
    ),
]
_MONEY = [
    (
        "Inspection of {own_server} before reinstatement",
        "Prüfung von {own_server} vor der Wiederaufnahme",
    ),
    ("Reinstatement fee for {own_server}", "Gebühr für die Wiederaufnahme von {own_server}"),
    (
        "Managed services for {own_server}, {start} to {end}",
        "Betreuung von {own_server}, {start} bis {end}",
    ),
    (
        "{what}: decided again from what became known",
        "{what}: neu entschieden nach dem, was bekannt wurde",
    ),
    (
        "{what}: decided again from what became known: {figure}",
        "{what}: neu entschieden nach dem, was bekannt wurde: {figure}",
    ),
    (
        "{what}: decided again from what became known: {then} instead of {now}.",
        "{what}: neu entschieden nach dem, was bekannt wurde: {then} statt {now}.",
    ),
    ("{what}: {then} instead of {now}.", "{what}: {then} statt {now}."),
    ("{own_name}, each month", "{own_name}, je Monat"),
]
_VENDORS = [
    ("Start", "Beginn"),
    (
        "{own_count} confirmed unapproved changes at {own_points} points",
        "{own_count} bestätigte nicht genehmigte Änderungen zu je {own_points} Punkten",
    ),
    (
        "{own_count} confirmed unapproved change at {own_points} points",
        "{own_count} bestätigte nicht genehmigte Änderung zu {own_points} Punkten",
    ),
    (
        "{own_count} sessions out of window at {own_points} points",
        "{own_count} Sitzungen außerhalb des Zeitfensters zu je {own_points} Punkten",
    ),
    (
        "{own_count} session out of window at {own_points} points",
        "{own_count} Sitzung außerhalb des Zeitfensters zu {own_points} Punkten",
    ),
    (
        "{count} hours of cleanup at {own_points} point",
        "{count} Stunden Aufräumen zu je {own_points} Punkt",
    ),
    (
        "{count} hours of cleanup at {own_points} points",
        "{count} Stunden Aufräumen zu je {own_points} Punkten",
    ),
    (
        "{count} hour of cleanup at {own_points} point",
        "{count} Stunde Aufräumen zu {own_points} Punkt",
    ),
    (
        "{own_count} undetermined change does not count",
        "{own_count} ungeklärte Änderung zählt nicht",
    ),
    (
        "{own_count} undetermined changes do not count",
        "{own_count} ungeklärte Änderungen zählen nicht",
    ),
    (
        "{own_who} was asked for its side by {day}. No answer is on record.",
        "{own_who} wurde bis {day} um seine Sicht gebeten. Eine Antwort liegt nicht vor.",
    ),
    ("{own_who} answered: {free_says}", "{own_who} antwortete: {free_says}"),
    (
        "Tell {own_name} that you have our letter of agency and will work with them.",
        "Sagen Sie {own_name}, dass Sie unsere Vollmacht haben und danach handeln.",
    ),
    (
        "Accept version {own_version} of the rules of engagement of {own_name}, in writing.",
        "Nehmen Sie Fassung {own_version} der Regeln von {own_name} schriftlich an.",
    ),
    (
        "Tell {own_name} which of your people need a login. Each one gets a login of their own.",
        "Sagen Sie {own_name}, wer bei Ihnen eine Anmeldung braucht. Jeder erhält eine eigene.",
    ),
    (
        "Stop using the {own_name} password. It is ours again.",
        "Verwenden Sie das Passwort von {own_name} nicht mehr. Es gehört wieder uns.",
    ),
    ("To {own_whom}: {subject}", "An {own_whom}: {subject}"),
]
_PAPERS = [
    ("We: {own_who}.", "Wir: {own_who}."),
    ("Our agent: {own_who}.", "Unser Vertreter: {own_who}."),
    ("Its people: {listed_people}.", "Seine Leute: {listed_people}."),
    ("Our account with you: {own_number}.", "Unser Konto bei Ihnen: {own_number}."),
    ("act for us", "für uns handeln"),
    (
        "ask and be told, but change nothing",
        "fragen und Auskunft erhalten, aber nichts ändern",
    ),
    (
        "We may end it at any time by writing to you and to them.",
        "Wir können sie jederzeit beenden, schriftlich gegenüber Ihnen und unserem Vertreter.",
    ),
    (
        "They may not sign or end a contract for us.",
        "Unser Vertreter darf für uns keinen Vertrag schließen oder kündigen.",
    ),
    ("Name: {own_name}", "Name: {own_name}"),
    ("Date: ____________", "Datum: ____________"),
    ("Signature: ____________", "Unterschrift: ____________"),
    (
        "support questions and orders about your software",
        "Fragen und Aufträge zu Ihrer Software",
    ),
    ("updates and access to the servers", "Updates und Zugang zu den Servern"),
    ("Not the whole message", "Nicht die ganze Nachricht"),
    (
        "The copy ends here: {own_count} more paragraphs are left out. Ask us for the whole message {own_ref}.",
        "Die Kopie endet hier: {own_count} weitere Absätze fehlen. Fragen Sie uns nach der ganzen Nachricht {own_ref}.",
    ),
    ("wrote by e-mail", "schrieb per E-Mail"),
    ("called", "rief an"),
    ("wrote on the portal", "schrieb im Portal"),
    ("said in a meeting", "sagte im Gespräch"),
    ("wrote by post", "schrieb mit der Post"),
    (
        "The {own_way} from {own_who} is logged. Coverage, rates and conditions are unchanged. {rest}",
        "Was {own_who} sagte, ist festgehalten. Vertrag, Preise und Bedingungen sind unverändert. {rest}",
    ),
    (
        "The {own_way} from {own_who} is logged. Coverage, rates and conditions are unchanged.",
        "Was {own_who} sagte, ist festgehalten. Vertrag, Preise und Bedingungen sind unverändert.",
    ),
    (
        "Coverage, rates and conditions are unchanged.",
        "Vertrag, Preise und Bedingungen sind unverändert.",
    ),
    (
        "{own_who} may not commit {own_client}, and nobody on record may.",
        "{own_who} darf {own_client} nicht verpflichten, und sonst darf es auch niemand.",
    ),
    (
        "{own_who} may not commit {own_client}; {own_whom} gets a copy.",
        "{own_who} darf {own_client} nicht verpflichten; {own_whom} erhält eine Kopie.",
    ),
    (
        "{own_who} may not commit {own_client}; {listed_whom} get a copy.",
        "{own_who} darf {own_client} nicht verpflichten; {listed_whom} erhalten eine Kopie.",
    ),
]
_LISTS = [
    (
        "All passwords and keys that belong to you.",
        "Alle Passwörter und Schlüssel, die Ihnen gehören.",
    ),
    (
        "The list of your servers and how they are set up.",
        "Die Liste Ihrer Server und wie sie eingerichtet sind.",
    ),
    (
        "Your backups and how to restore them.",
        "Ihre Datensicherungen und wie man sie wiederherstellt.",
    ),
    (
        "Use your own named login. Do not use a shared or administrator account.",
        "Verwenden Sie Ihre eigene Anmeldung, kein gemeinsames und kein Administratorkonto.",
    ),
    (
        "Change only what was agreed. Do not remove or add a shared part of the system without asking.",
        "Ändern Sie nur, was vereinbart ist. Entfernen oder ergänzen Sie keinen gemeinsamen Teil ohne zu fragen.",
    ),
    (
        "Tell us what you changed when you are done, and log off.",
        "Sagen Sie uns danach, was Sie geändert haben, und melden Sie sich ab.",
    ),
    (
        "Put our name on the support contract, so that your people may talk to us.",
        "Nehmen Sie uns in den Wartungsvertrag auf, damit Ihre Leute mit uns sprechen dürfen.",
    ),
    (
        "Tell us the account number and how you want to be reached, also at night.",
        "Nennen Sie uns die Kundennummer und wie wir Sie erreichen, auch nachts.",
    ),
    (
        "Ask us before each visit. We set a time and open the way in.",
        "Fragen Sie uns vor jedem Besuch. Wir machen einen Termin und öffnen den Zugang.",
    ),
    (
        "Give each of your people a login of their own.",
        "Geben Sie jedem Ihrer Leute eine eigene Anmeldung.",
    ),
]
# A score's working and a bill's lines end in a figure; what stands before it has phrases of its own.
_FIGURED = [("{what}: {figure}", "{what}: {figure}")]

PAIRS: tuple[tuple[str, str], ...] = (*_AGREED, *_MONEY, *_VENDORS, *_PAPERS, *_LISTS)
FIGURED: tuple[tuple[str, str], ...] = tuple(_FIGURED)
