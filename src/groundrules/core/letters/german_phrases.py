"""What our record says, in German. A test holds every letter of the story to it."""

from __future__ import annotations

_CHANGES = [
    ("service {own_name} {done}", "Dienst {own_name} {done}"),
    ("account {own_name} {done}", "Konto {own_name} {done}"),
    ("group {own_name} {done}", "Gruppe {own_name} {done}"),
    ("port {own_name} {done}", "Port {own_name} {done}"),
    ("scheduled task {own_name} {done}", "Geplante Aufgabe {own_name} {done}"),
    ("mount {own_name} {done}", "Einhängepunkt {own_name} {done}"),
    ("disk {own_name} {done}", "Datenträger {own_name} {done}"),
    ("driver {own_name} {done}", "Treiber {own_name} {done}"),
    ("audit policy {own_name} {done}", "Überwachungsrichtlinie {own_name} {done}"),
    ("database login {own_name} {done}", "Datenbank-Anmeldung {own_name} {done}"),
    ("certificate {own_name} {done}", "Zertifikat {own_name} {done}"),
    ("connection {own_name} {done}", "Verbindung {own_name} {done}"),
    ("{own_name} password {done}", "Passwort von {own_name} {done}"),
    (
        "{own_name} changed from {free_before} to {free_after}",
        "{own_name} geändert von {free_before} auf {free_after}",
    ),
    ("{own_name} installed again", "{own_name} erneut installiert"),
    ("installed", "installiert"),
    ("{own_name} installed", "{own_name} installiert"),
    ("added", "hinzugefügt"),
    ("removed", "entfernt"),
    ("changed", "geändert"),
    ("{own_name} was added", "{own_name} wurde hinzugefügt"),
    ("{own_name} was removed", "{own_name} wurde entfernt"),
    ("{own_name} was changed", "{own_name} wurde geändert"),
    ("{own_name} was installed", "{own_name} wurde installiert"),
    ("{own_name} added", "{own_name} hinzugefügt"),
    ("{own_name} removed", "{own_name} entfernt"),
    ("{own_name} changed", "{own_name} geändert"),
]
_FACTS = [
    ("recorded", "aufgezeichnet"),
    ("matched", "zugeordnet"),
    ("inferred", "vermutet"),
    ("unknown", "unbekannt"),
    (
        "{moment}: {what}. The record names the account {own_account} of {own_who} ({strength}). {allowed}",
        "{moment}: {what}. Genannt ist das Konto {own_account} von {own_who} (Beleg: {strength}). {allowed}",
    ),
    (
        "{moment}: {what}. The record names the {own_who} ({strength}). {allowed}",
        "{moment}: {what}. Genannt ist {own_who} (Beleg: {strength}). {allowed}",
    ),
    ("No approved window allowed it.", "Kein genehmigtes Zeitfenster erlaubte das."),
    ("On {day}", "Am {day}"),
    ("Between {start} and {end}", "Zwischen {start} und {end}"),
    (
        "{moment}: {free_title}. A test showed what caused it: {listed_changes}.",
        "{moment}: {free_title}. Ein Test zeigte, was es verursacht hat: {listed_changes}.",
    ),
    (
        "{at}: {free_title}. This happened before it: {listed_changes}. That is the order in time. It is not proof.",
        "{at}: {free_title}. Davor geschah dies: {listed_changes}. Das ist die zeitliche Folge. Es ist kein Beweis.",
    ),
    (
        "{moment}: {free_title}. This happened in the same span of time: {listed_changes}. That is not proof.",
        "{moment}: {free_title}. Im selben Zeitraum geschah dies: {listed_changes}. Das ist kein Beweis.",
    ),
    (
        "{moment}: {free_title}. The record does not show if this came before it: {listed_changes}.",
        "{moment}: {free_title}. Ob dies davor geschah, zeigen die Aufzeichnungen nicht: {listed_changes}.",
    ),
    ("No test on a copy is on record.", "Ein Test an einer Kopie liegt nicht vor."),
    (
        "Whether undoing the change heals the failure.",
        "Ob es wieder läuft, wenn man die Änderung zurücknimmt.",
    ),
    (
        "Why it was done, and whether someone asked for it.",
        "Warum es getan wurde und ob jemand darum gebeten hat.",
    ),
    (
        "Which of the changes that remain caused the failure, if any did.",
        "Ob eine der verbleibenden Änderungen damit zu tun hat, und welche.",
    ),
    (
        "Whether the change that remains caused the failure.",
        "Ob die verbleibende Änderung damit zu tun hat.",
    ),
    ("What caused the failure.", "Woher der Ausfall kam."),
    ("Who made this change: {what}.", "Wer diese Änderung gemacht hat: {what}."),
]
_NOTICE = [
    ("Sent {at} by {way} to {own_address}.", "Gesendet {at} {way} an {own_address}."),
    ("email", "per E-Mail"),
    ("post", "mit der Post"),
    ("portal", "über das Portal"),
    ("call", "am Telefon"),
    ("meeting", "im Gespräch"),
    (
        "Delivery receipt {at} (clause {own_clause}).",
        "Empfangsbestätigung {at} (Ziffer {own_clause}).",
    ),
    (
        "Clause {own_clause} needs no receipt here; sending counts.",
        "Ziffer {own_clause} verlangt hier keine Bestätigung; es zählt das Absenden.",
    ),
    (
        "Counts as received the same day, {day} (clause {own_clause}).",
        "Gilt als am selben Tag zugegangen, {day} (Ziffer {own_clause}).",
    ),
    (
        "{why}, so it counts as received the next business day, {day} (clause {own_clause}).",
        "{why}. Der Brief gilt also als am nächsten Werktag zugegangen, {day} (Ziffer {own_clause}).",
    ),
    ("{day} is not a business day", "{day} ist kein Werktag"),
    ("{own_time} is after {own_limit}", "{own_time} liegt nach {own_limit}"),
    (
        "Clause {own_clause} asks for no days of notice.",
        "Ziffer {own_clause} verlangt keine Frist.",
    ),
    (
        "Clause {own_clause} gives {own_days} full business days: day one is {first}, day {own_last} is {last}.",
        "Ziffer {own_clause} gibt {own_days} volle Werktage: Tag eins ist {first}, Tag {own_last} ist {last}.",
    ),
    (
        "Suspension takes effect at the next opening of business: {at} ({own_utc} UTC).",
        "Die Betreuung ruht ab dem nächsten Geschäftsbeginn: {at} ({own_utc} UTC).",
    ),
]
_EFFECTS = [
    ("Work {band}: {price} an hour.", "Arbeit {band}: {price} je Stunde."),
    ("in business hours", "in den Geschäftszeiten"),
    ("after hours", "außerhalb der Geschäftszeiten"),
    ("at the weekend", "am Wochenende"),
    ("on a holiday", "an einem Feiertag"),
    ("on a Sunday", "an einem Sonntag"),
    (
        "The monthly fee of {price} keeps running (clause {own_clause}).",
        "Die Monatsgebühr von {price} läuft weiter (Ziffer {own_clause}).",
    ),
    ("The monthly fee of {price} keeps running.", "Die Monatsgebühr von {price} läuft weiter."),
    (
        "The monthly fee of {price} stops for days without coverage and is credited (clause {own_clause}).",
        "Die Monatsgebühr von {price} entfällt für Tage ohne Betreuung und wird gutgeschrieben (Ziffer {own_clause}).",
    ),
    (
        "The monthly fee of {price} stops for days without coverage and is credited.",
        "Die Monatsgebühr von {price} entfällt für Tage ohne Betreuung und wird gutgeschrieben.",
    ),
    ("Access window {own_window} is cancelled.", "Das Zeitfenster {own_window} entfällt."),
    ("monitoring", "Überwachung"),
    ("backups", "Datensicherung"),
    ("restore drills", "Proben der Wiederherstellung"),
    ("security patches", "Sicherheits-Updates"),
    (
        "Until it is covered again we stop {listed_services}.",
        "Das leisten wir erst wieder, wenn er im Vertrag ist: {listed_services}.",
    ),
    (
        "What clause {own_clause} promises of restores is not owed for that time.",
        "Was Ziffer {own_clause} zur Wiederherstellung zusagt, schulden wir so lange nicht.",
    ),
    (
        "What the agreement promises of restores is not owed for that time.",
        "Was der Vertrag zur Wiederherstellung zusagt, schulden wir so lange nicht.",
    ),
    ("Our agreement goes on.", "Unser Vertrag läuft weiter."),
    (
        "You are our client, and you stay our client.",
        "Sie sind unser Kunde, und Sie bleiben unser Kunde.",
    ),
]
_CONDITIONS = [
    ("{what}. Now: {now}", "{what}. Stand: {now}"),
    ("Recorded by {own_name}: {free_proof}.", "Festgehalten von {own_name}: {free_proof}."),
    ("We let this go: {free_why}.", "Das erlassen wir: {free_why}."),
    (
        "No signed letter of agency for {own_vendor} is on record.",
        "Eine unterschriebene Vollmacht für {own_vendor} liegt nicht vor.",
    ),
    (
        "Letter of agency {own_ref} was revoked or replaced.",
        "Die Vollmacht {own_ref} wurde widerrufen oder ersetzt.",
    ),
    (
        "Letter of agency {own_ref} is not yet signed and not yet acknowledged.",
        "Die Vollmacht {own_ref} ist noch nicht unterschrieben und noch nicht bestätigt.",
    ),
    (
        "Letter of agency {own_ref} is not yet signed.",
        "Die Vollmacht {own_ref} ist noch nicht unterschrieben.",
    ),
    (
        "Letter of agency {own_ref} is not yet acknowledged.",
        "Die Vollmacht {own_ref} ist noch nicht bestätigt.",
    ),
    (
        "Letter of agency {own_ref} has no final signed file on record ({own_file}); send a PDF.",
        "Zur Vollmacht {own_ref} liegt keine endgültige unterschriebene Datei vor ({own_file}); senden Sie ein PDF.",
    ),
    ("Letter of agency {own_ref} has expired.", "Die Vollmacht {own_ref} ist abgelaufen."),
    (
        "Letter of agency {own_ref} is signed and acknowledged.",
        "Die Vollmacht {own_ref} ist unterschrieben und bestätigt.",
    ),
    (
        "{own_who} has not accepted version {own_version} of the rules of engagement (only version {own_only}).",
        "{own_who} hat Fassung {own_version} der Regeln nicht angenommen (nur Fassung {own_only}).",
    ),
    (
        "{own_who} has not accepted version {own_version} of the rules of engagement.",
        "{own_who} hat Fassung {own_version} der Regeln nicht angenommen.",
    ),
    (
        "{own_who} accepted version {own_version} of the rules of engagement.",
        "{own_who} hat Fassung {own_version} der Regeln angenommen.",
    ),
    (
        "The {own_name} password was changed after the suspension began ({own_ref}).",
        "Das Passwort von {own_name} wurde nach Beginn der Aussetzung geändert ({own_ref}).",
    ),
    (
        "The {own_name} password was changed, but perhaps before the suspension began ({own_ref}).",
        "Das Passwort von {own_name} wurde geändert, vielleicht aber vor Beginn der Aussetzung ({own_ref}).",
    ),
    (
        "The {own_name} password has not been changed since the suspension began.",
        "Das Passwort von {own_name} wurde seit Beginn der Aussetzung nicht geändert.",
    ),
    (
        "Named login {own_name} was issued ({own_ref}).",
        "Die persönliche Anmeldung {own_name} wurde eingerichtet ({own_ref}).",
    ),
    (
        "No login of its own has been issued for a person at {own_whom} since the suspension began.",
        "Für niemanden bei {own_whom} wurde seit Beginn der Aussetzung eine eigene Anmeldung eingerichtet.",
    ),
    (
        "No login of its own has been issued for {own_whom} since the suspension began.",
        "Für {own_whom} wurde seit Beginn der Aussetzung keine eigene Anmeldung eingerichtet.",
    ),
    (
        "No invoice for the suspension period is on record yet.",
        "Für die Zeit der Aussetzung liegt noch keine Rechnung vor.",
    ),
    (
        "Invoices for the suspension period are still open: {own_refs}.",
        "Rechnungen für die Zeit der Aussetzung sind noch offen: {own_refs}.",
    ),
    (
        "Every invoice for the suspension period is paid.",
        "Alle Rechnungen für die Zeit der Aussetzung sind bezahlt.",
    ),
    (
        "{own_done} of {own_all} min of inspection are on record.",
        "{own_done} von {own_all} min der Prüfung sind aufgezeichnet.",
    ),
    ("The inspection is done: {own_minutes} min.", "Die Prüfung ist erledigt: {own_minutes} min."),
    ("{own_name} has not been put back.", "{own_name} wurde noch nicht wiederhergestellt."),
    ("{own_name} is back in place ({own_ref}).", "{own_name} ist wiederhergestellt ({own_ref})."),
    (
        "{own_name} has not passed its checks for {own_hours} h in a row yet.",
        "{own_name} hat seine Prüfungen noch nicht {own_hours} h am Stück bestanden.",
    ),
    (
        "{own_name} has passed its checks, but not yet for {own_hours} h in a row.",
        "{own_name} hat seine Prüfungen bestanden, aber noch nicht {own_hours} h am Stück.",
    ),
    (
        "{own_name} has passed its checks for {own_hours} h in a row.",
        "{own_name} hat seine Prüfungen {own_hours} h am Stück bestanden.",
    ),
    ("Nothing is on record for it yet.", "Dazu liegt noch nichts vor."),
    ("see the invoice of that month", "siehe die Rechnung dieses Monats"),
    (
        "All conditions for {own_asset} are met (clause {own_clause}); it is covered again from {at}.",
        "Alle Bedingungen für {own_asset} sind erfüllt (Ziffer {own_clause}); ab {at} ist er wieder im Vertrag.",
    ),
]

PAIRS: tuple[tuple[str, str], ...] = (*_FACTS, *_NOTICE, *_EFFECTS, *_CONDITIONS)
CHANGES: tuple[tuple[str, str], ...] = tuple(_CHANGES)
